"""Kinds of things that people ask for anywhere, each with what else goes by it, so that a shop of one kind knows the others.

Knows: everyday nouns in English (singular) and Chinese. Does not know: any catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable

# What stands in one line may be found in one catalogue: who sells films may have series.
_FAMILIES = (
    "film movie flick cinema documentary series show cartoon anime | 电影 影片 片子 片 剧 电视剧 动画 纪录片 综艺 番剧 动漫",
    "book novel textbook audiobook ebook magazine comic paperback | 书 小说 书籍 教材 漫画 杂志 绘本",
    "song album playlist band podcast | 歌 歌曲 专辑 歌单 乐队 播客 音乐",
    "game videogame boardgame | 游戏 桌游 手游",
    "restaurant cafe café bistro pub bar diner takeaway pizzeria bakery | 餐厅 饭店 酒店 餐馆 饭馆 咖啡馆 咖啡厅 火锅店 酒吧 外卖 面馆 小吃",
    "hotel hostel airbnb guesthouse accommodation resort campsite | 酒店 宾馆 民宿 旅馆 旅店 青旅",
    "recipe dish meal dessert cocktail tea coffee | 菜谱 食谱 菜 甜品 咖啡",
    "wine beer whisky whiskey gin cocktail tea coffee | 红酒 葡萄酒 啤酒 白酒 威士忌 茶叶 咖啡",
    "laptop notebook computer tablet monitor keyboard printer | 笔记本 电脑 平板 显示器 键盘 打印机",
    "phone smartphone headphone earbud charger camera smartwatch | 手机 耳机 充电宝 充电器 相机 手表",
    "fridge microwave kettle toaster vacuum dishwasher mattress sofa heater | 冰箱 微波炉 电饭煲 电饭锅 空调 洗衣机 扫地机 沙发 床垫 吹风机 空气炸锅",
    "car motorbike bike bicycle scooter | 汽车 轿车 摩托车 自行车 电动车",
    "shoe trainer sneaker boot jacket coat dress jeans handbag lipstick shampoo perfume | 鞋 鞋子 运动鞋 衣服 外套 裙子 包包 口红 洗发水 香水 面霜",
    "job internship career salary | 工作 实习 兼职",
    "doctor dentist therapist hospital clinic lawyer plumber electrician mechanic hairdresser barber accountant | 医生 牙医 医院 律师 诊所 理发店",
    "flight train taxi | 机票 火车票 高铁票 航班",
    "flat apartment landlord | 房子 公寓",
    "gym yoga | 健身房",
    "insurance mortgage loan | 保险 贷款 股票 基金",
)
FAMILIES: tuple[tuple[frozenset[str], frozenset[str]], ...] = tuple(
    (frozenset(en.split()), frozenset(zh.split())) for en, zh in (line.split("|") for line in _FAMILIES)
)


def others(nouns: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """(English, Chinese) things of other kinds than what a catalogue's nouns call its own; none where they name no kind ("product", 商品),
    since such a catalogue may hold anything."""
    own = {n.casefold() for n in nouns}
    mine = [f for f in FAMILIES if own & (f[0] | f[1])]
    if not mine:
        return frozenset(), frozenset()
    english, chinese = (frozenset[str]().union(*(f[n] for f in FAMILIES if f not in mine)) for n in (0, 1))
    return english.difference(*(en for en, _ in mine)), chinese.difference(*(zh for _, zh in mine))
