"""200 names of products in ten languages: ten things, each said in two ways."""

# ruff: noqa: RUF001 - letters of other scripts are meant.

_THINGS = {
    "English": "running shoes|coffee mug|wool sweater|desk lamp|garden hose|"
    "phone charger|baby blanket|rain jacket|kitchen knife|board game",
    "German": "Laufschuhe|Kaffeetasse|Wollpullover|Schreibtischlampe|Gartenschlauch|"
    "Ladegerät|Babydecke|Regenjacke für Mädchen|Küchenmesser|Gesellschaftsspiel",
    "French": "chaussures de course|tasse à café|pull en laine|lampe de bureau|"
    "tuyau d'arrosage|chargeur de téléphone|couverture bébé|imperméable|"
    "couteau de cuisine|jeu de société",
    "Turkish": "koşu ayakkabısı|kahve fincanı|yün kazak|masa lambası|bahçe hortumu|"
    "şarj cihazı|bebek battaniyesi|YAĞMURLUK İSTANBUL|mutfak bıçağı|kutu oyunu",
    "Russian": "кроссовки для бега|кофейная кружка|шерстяной свитер|настольная лампа|"
    "садовый шланг|зарядное устройство|детское одеяло|дождевик|кухонный нож|"
    "настольная игра",
    "Arabic": "حذاء للجري|كوب قهوة|سترة صوفية|مصباح مكتب|خرطوم حديقة|شاحن هاتف|"
    "بطانية أطفال|معطف مطر|سكين مطبخ|لعبة لوحية",
    "Hindi": "दौड़ने के जूते|कॉफ़ी मग|ऊनी स्वेटर|टेबल लैंप|बगीचे की नली|फ़ोन चार्जर|"
    "बच्चे का कंबल|बरसाती जैकेट|रसोई का चाकू|बोर्ड गेम",
    "Chinese": "跑步鞋|咖啡杯|羊毛毛衣|台灯|花园水管|手机充电器|婴儿毯|雨衣|菜刀|桌游",
    "Japanese": "ランニングシューズ|コーヒーマグ|ウールのセーター|デスクランプ|"
    "庭用ホース|スマホ充電器|ベビー毛布|レインジャケット|包丁|ボードゲーム",
    "Korean": "러닝화|커피 머그잔|울 스웨터|책상 램프|정원 호스|휴대폰 충전기|"
    "아기 담요|비옷|주방 칼|보드게임",
}
_SAID = ("{}", "Crème & Ço. {} – 42 ½ cm, N°{} 😀")


def product_names() -> dict[str, list[str]]:
    """By language, 20 names."""
    return {
        language: [
            said.format(thing, number)
            for number, thing in enumerate(things.split("|"))
            for said in _SAID
        ]
        for language, things in _THINGS.items()
    }
