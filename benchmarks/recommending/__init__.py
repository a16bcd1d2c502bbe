"""What the benchmark of lists is made of: its shop, its contenders, its figures."""
