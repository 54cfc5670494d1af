"""Hotels for the reader's tests: places, yes-or-no facets, stars, what is only told (address, what is nearby)."""

from __future__ import annotations

from chatrec.vocabulary import Catalog, Item
from tests.understand.catalogs import Shop, facet

HOTELS = Catalog(
    name="hotels",
    noun={"en": ["hotel", "hotels"], "zh": ["酒店", "宾馆"]},
    version="1",
    facets=(
        facet("city", "category", role="place", label={"en": "city", "zh": "城市"}, words={"en": ["city", "town"], "zh": ["城市"]},
              aliases={"New York": {"zh": ["纽约"]}}),
        facet("kind", "category", role="kind", label={"en": "kind", "zh": "类型"}),
        facet("facilities", "category", many=True, label={"en": "facilities", "zh": "设施"}, words={"zh": ["设施", "服务"]}),
        facet("stars", "number", unit="star", units={"star": 1, "stars": 1, "星": 1, "星级": 1}, label={"en": "stars", "zh": "星级"}),
        facet("rating", "number", role="rating", label={"en": "rating", "zh": "评分"}, units={"分": 1}),
        facet("walk", "number", role="duration", unit="min", label={"en": "walk to the station", "zh": "步行"}, words={"zh": ["步行"]}),
        facet("price", "number", role="price", unit="$", label={"en": "price", "zh": "价格"}, words={"zh": ["价格", "房价"]}),
        facet("wifi", "bool", label={"en": "wifi", "zh": "无线网"}, words={"en": ["wifi", "wi-fi"], "zh": ["无线网"]}),
        facet("address", "text", filter=False, label={"en": "address", "zh": "地址"}, words={"en": ["address"], "zh": ["地址"]}),
        facet("sights", "category", many=True, filter=False, label={"en": "sights nearby", "zh": "周边景点"}, words={"zh": ["周边", "附近"]}),
    ),
)  # fmt: skip


def hotel(id: str, title: str, city: str, kind: str, stars: int, rating: float, price: int, *facilities: str) -> Item:
    attributes = {
        "city": city,
        "kind": kind,
        "stars": stars,
        "rating": rating,
        "price": price,
        "facilities": facilities,
    }
    return Item(
        id=id, title=title, attributes={**attributes, "wifi": stars > 2, "walk": 20 + stars, "address": "1 Road"}
    )


HOTEL_ITEMS = [
    hotel("plaza", "Plaza Inn", "New York", "高档型", 5, 4.8, 400, "会议室", "吹风机"),
    hotel("dock", "Dock House", "San Francisco", "经济型", 2, 3.9, 90, "吹风机"),
    hotel("reef", "Reef Hotel", "Los Angeles", "舒适型", 3, 4.2, 150, "会议室"),
    hotel("mill", "Old Mill", "Ulm", "经济型", 1, 3.5, 60),
    hotel("star", "Night Star", "Kuala Lumpur", "舒适型", 4, 4.6, 180, "暖气"),
]


def hotels() -> Shop:
    return Shop(HOTELS, HOTEL_ITEMS)
