"""The words of the titles, as `English/Chinese`, slot by slot in their order."""

# Every Chinese word has two characters, so a title without spaces can be cut again.
SHARED_SLOTS = (
    "New/新款 Premium/优质 Popular/热卖 Limited/限量"
    " Trendy/潮流 Selected/精选 Original/原创 Discounted/特价",
    "Spring/春季 Summer/夏季 Autumn/秋季 Winter/冬季"
    " Holiday/节日 Everyday/日常 Weekend/周末 Birthday/生日",
)

DEPARTMENT_SLOTS = {
    "clothing": (
        "Men's/男士 Women's/女士 Kids'/儿童 Unisex/中性"
        " Ladies'/女式 Boys'/男童 Girls'/女童 Students'/学生",
        "Vintage/复古 Casual/休闲 Elegant/优雅 Korean/韩版"
        " Sporty/运动 Minimalist/简约 Formal/正式 Bohemian/民族",
        "Waterproof/防水 Breathable/透气 Lightweight/轻便 Oversized/宽松"
        " Slim/修身 Padded/加厚 Foldable/折叠 Embroidered/刺绣",
        "Black/黑色 White/白色 Red/红色 Navy/藏青"
        " Beige/米色 Green/绿色 Pink/粉色 Striped/条纹",
        "Cotton/纯棉 Linen/亚麻 Denim/牛仔 Wool/羊毛"
        " Silk/真丝 Leather/真皮 Canvas/帆布 Velvet/丝绒",
    ),
    "textiles": (
        "Bedroom/卧室 Nursery/婴房 Hotel/酒店 Dormitory/宿舍"
        " Guestroom/客房 Family/家庭 Couple's/情侣 Kids'/儿童",
        "Nordic/北欧 Vintage/复古 Minimalist/简约 Luxury/轻奢"
        " Country/田园 Modern/现代 Japanese/日式 Romantic/浪漫",
        "Soft/柔软 Washable/水洗 Warm/保暖 Thick/加厚"
        " Hypoallergenic/防敏 Embroidered/刺绣 Reversible/双面 Cooling/凉感",
        "White/白色 Grey/灰色 Blue/蓝色 Beige/米色"
        " Green/绿色 Floral/碎花 Checked/格子 Striped/条纹",
        "Cotton/纯棉 Linen/亚麻 Wool/羊毛 Silk/真丝"
        " Velvet/丝绒 Flannel/绒布 Bamboo/竹制 Lace/蕾丝",
    ),
    "furniture": (
        "Bedroom/卧室 Office/办公 Kitchen/厨房 Balcony/阳台"
        " Hallway/玄关 Study/书房 Dining/餐厅 Garden/花园",
        "Nordic/北欧 Vintage/复古 Minimalist/简约 Industrial/工业"
        " Modern/现代 Japanese/日式 Rustic/乡村 Classic/经典",
        "Foldable/折叠 Adjustable/可调 Sturdy/稳固 Portable/便携"
        " Small/小巧 Tall/高款 Handmade/手工 Rotating/旋转",
        "White/白色 Black/黑色 Grey/灰色 Brown/棕色"
        " Natural/原色 Gold/金色 Walnut/胡桃 Green/绿色",
        "Wooden/实木 Bamboo/竹制 Steel/钢制 Glass/玻璃"
        " Rattan/藤编 Marble/石纹 Acrylic/透明 Iron/铁艺",
    ),
    "electronics": (
        "Gaming/电竞 Office/办公 Travel/旅行 Studio/录音"
        " Outdoor/户外 Students'/学生 Kids'/儿童 Professional/专业",
        "Compact/小型 Retro/复刻 Minimalist/简约 Ultra-thin/超薄"
        " Futuristic/科幻 Cute/可爱 Modern/现代 Classic/经典",
        "Wireless/无线 Waterproof/防水 Noise-Cancelling/降噪 Foldable/折叠"
        " Rechargeable/充电 Smart/智能 Silent/静音 Dustproof/防尘",
        "Black/黑色 White/白色 Silver/银色 Grey/灰色"
        " Blue/蓝色 Pink/粉色 Gold/金色 Red/红色",
        "Aluminium/铝制 Metal/金属 Plastic/塑料 Carbon/碳纤"
        " Wooden/实木 Titanium/钛制 Silicone/硅胶 Leather/真皮",
    ),
    "care_and_food": (
        "Family/家庭 Travel/旅行 Office/办公 Kids'/儿童"
        " Couple's/情侣 Hotel/酒店 Sharing/分享 Students'/学生",
        "Gentle/温和 Rich/浓郁 Fresh/清新 Traditional/传统"
        " Light/清淡 Luxury/轻奢 Country/田园 Japanese/日式",
        "Organic/有机 Vegan/纯素 Natural/天然 Handmade/手工"
        " Additive-Free/无添 Alpine/高山 Imported/进口 Certified/认证",
        "Rose/玫瑰 Jasmine/茉莉 Lemon/柠檬 Honey/蜂蜜"
        " Mint/薄荷 Peach/蜜桃 Coconut/椰子 Ginger/生姜",
        "Bottled/瓶装 Boxed/盒装 Canned/罐装 Mini/迷你"
        " Family-Size/大份 Refillable/补充 Portioned/小份 Gift-Boxed/礼盒",
    ),
}

# The nouns of each category, by department. They end the title.
CATEGORY_NOUNS = {
    "clothing": {
        "shoes": "Sneakers/球鞋 Loafers/便鞋 Boots/靴子 Sandals/凉鞋",
        "dresses": "Dress/连裙 Gown/礼服 Skirt/短裙 Sundress/吊裙",
        "shirts": "Shirt/衬衫 Blouse/罩衫 T-Shirt/短袖 Polo/球衫",
        "jackets": "Jacket/夹克 Coat/大衣 Parka/棉服 Blazer/西装",
        "bags": "Backpack/背包 Handbag/手袋 Tote/挎包 Wallet/钱包",
    },
    "textiles": {
        "bedding": "Duvet/被子 Pillow/枕头 Blanket/毛毯 Sheets/床单",
        "curtains": "Curtain/窗帘 Drapes/布帘 Valance/帘头 Voile/纱帘",
        "rugs": "Rug/地毯 Doormat/门垫 Runner/长毯 Mat/脚垫",
    },
    "furniture": {
        "chairs": "Chair/椅子 Stool/凳子 Armchair/扶椅 Bench/长凳",
        "tables": "Table/桌子 Desk/书桌 Nightstand/床柜 Console/条案",
        "lamps": "Lamp/台灯 Lantern/灯笼 Chandelier/吊灯 Sconce/壁灯",
        "shelves": "Shelf/层架 Bookcase/书柜 Rack/架子 Cabinet/柜子",
    },
    "electronics": {
        "headphones": "Headphones/耳机 Earbuds/耳塞 Headset/耳麦 Earphones/耳挂",
        "speakers": "Speaker/音箱 Soundbar/音条 Stereo/音响 Subwoofer/低音",
        "keyboards": "Keyboard/键盘 Mouse/鼠标 Trackpad/触板 Keypad/数键",
        "cameras": "Camera/相机 Webcam/镜头 Camcorder/摄机 Dashcam/车摄",
    },
    "care_and_food": {
        "skincare": "Cream/面霜 Serum/精华 Lotion/乳液 Mask/面膜",
        "soaps": "Soap/香皂 Shampoo/香波 Conditioner/发膜 Bathsalts/浴盐",
        "teas": "Tea/茶叶 Teabags/茶包 Infusion/花茶 Matcha/抹茶",
        "sweets": "Biscuits/饼干 Candies/糖果 Cookies/曲奇 Cake/蛋糕",
    },
}
