"""A small catalogue of another domain, made here: it shows that nothing in the code knows about films."""

from __future__ import annotations

from typing import Any

from chatrec.vocabulary import Catalog, Facet, Item

FACETS: tuple[Facet, ...] = (
    Facet(
        name="kind",
        type="category",
        role="kind",
        label={"en": "kind", "zh": "茶类"},
        words={"en": ["kind", "type"], "zh": ["茶类", "种类"]},
        values={
            "Green": {"en": ["green", "green tea"], "zh": ["绿茶"]},
            "Black": {"en": ["black", "black tea"], "zh": ["红茶"]},
            "Oolong": {"en": ["oolong"], "zh": ["乌龙", "乌龙茶"]},
            "White": {"en": ["white", "white tea"], "zh": ["白茶"]},
            "Pu-erh": {"en": ["pu-erh", "puerh", "pu'er"], "zh": ["普洱", "普洱茶"]},
            "Herbal": {"en": ["herbal", "tisane"], "zh": ["花草茶"]},
        },
    ),
    Facet(
        name="flavours",
        type="category",
        many=True,
        label={"en": "flavour", "zh": "风味"},
        words={"en": ["flavour", "flavor", "taste"], "zh": ["风味", "口味"]},
        values={
            "Floral": {"en": ["floral", "flowery"], "zh": ["花香"]},
            "Smoky": {"en": ["smoky"], "zh": ["烟熏"]},
            "Nutty": {"en": ["nutty"], "zh": ["坚果"]},
            "Fruity": {"en": ["fruity"], "zh": ["果香"]},
            "Grassy": {"en": ["grassy"], "zh": ["青草"]},
            "Malty": {"en": ["malty"], "zh": ["麦芽"]},
        },
    ),
    Facet(
        name="origin",
        type="category",
        role="place",
        label={"en": "origin", "zh": "产地"},
        words={"en": ["origin"], "zh": ["产地"]},
        values={
            "China": {"en": ["China", "Chinese"], "zh": ["中国"]},
            "Japan": {"en": ["Japan", "Japanese"], "zh": ["日本"]},
            "India": {"en": ["India", "Indian"], "zh": ["印度"]},
            "Taiwan": {"en": ["Taiwan", "Taiwanese"], "zh": ["台湾"]},
        },
    ),
    Facet(
        name="price",
        type="number",
        role="price",
        unit="$",
        unit_label={"en": "$", "zh": "美元"},
        units={"$": 1, "dollar": 1, "dollars": 1, "usd": 1, "美元": 1, "元": 1, "块": 1},
        label={"en": "price", "zh": "价格"},
        words={"en": ["price", "budget", "cost"], "zh": ["价格", "预算", "价钱"]},
        more={"en": ["pricier", "more expensive", "most expensive"], "zh": ["更贵", "最贵"]},
        less={"en": ["cheaper", "cheapest", "less expensive"], "zh": ["便宜", "更便宜", "便宜点", "最便宜"]},
    ),
    Facet(
        name="caffeine",
        type="number",
        unit="mg",
        unit_label={"en": "mg", "zh": "毫克"},
        units={"mg": 1, "milligrams": 1, "毫克": 1},
        label={"en": "caffeine", "zh": "咖啡因"},
        words={"en": ["caffeine"], "zh": ["咖啡因"]},
        more={"en": ["stronger"], "zh": ["更提神"]},
        less={"en": ["weaker", "milder"], "zh": ["更温和"]},
    ),
    Facet(
        name="grower",
        type="category",
        many=True,
        role="person",
        label={"en": "grower", "zh": "茶农"},
        words={"en": ["grower"], "zh": ["茶农"]},
        cues={"en": ["by", "grown by"], "zh": ["种的"]},
    ),
    Facet(
        name="organic",
        type="bool",
        label={"en": "organic", "zh": "有机"},
        words={"en": ["organic"], "zh": ["有机"]},
    ),
)

CATALOG = Catalog(
    name="teas",
    title={"en": "Teas", "zh": "茶"},
    noun={"en": ["tea", "teas"], "zh": ["茶"]},
    measure={"zh": "款"},
    starters={"en": ["A smoky tea under $20"], "zh": ["来一款花香的乌龙"]},
    facets=FACETS,
    version="teas-1",
)

_GROWERS = ("Mei Tanaka", "Arun Boro", "Lin Shuyuan", "Old Valley Garden")
_NAMES = {
    "Green": (
        "Misty Ridge Sencha",
        "Dragon Well Spring",
        "Jade Lake Gyokuro",
        "Cloud Temple Green",
        "Riverbank Bancha",
    ),
    "Black": (
        "Upper Assam Breakfast",
        "Golden Monkey Path",
        "Campfire Souchong",
        "Hill Station Darjeeling",
        "Keemun Dawn",
    ),
    "Oolong": (
        "Iron Goddess Reserve",
        "High Mountain Orchid",
        "Amber Cliff Oolong",
        "Milk Stone Oolong",
        "Eastern Breeze",
    ),
    "White": ("Silver Needle Moon", "White Peony Song", "Snow Bud Meadow", "Aged Shou Mei Cake", "First Frost White"),
    "Pu-erh": ("Ancient Tree Cake", "Dark Cellar Brick", "Young Sheng Peak", "Night Market Shou", "Caravan Road Tuo"),
    "Herbal": ("Chamomile Field", "Hibiscus Night", "Mint and Ginger Root", "Rooibos Sunset", "Lemon Verbena Garden"),
}
_ZH = {"Iron Goddess Reserve": "铁观音珍藏", "Dragon Well Spring": "春龙井", "Silver Needle Moon": "月光银针"}


def items() -> list[Item]:
    """Thirty teas with varied facts; the same ones every time."""
    flavours = list(FACETS[1].values)
    origins = list(FACETS[2].values)
    made = []
    for n, (kind, title) in enumerate((kind, title) for kind, titles in _NAMES.items() for title in titles):
        attributes: dict[str, Any] = {
            "kind": kind,
            "flavours": (flavours[n % 6], flavours[(n * 2 + 1) % 6])
            if n % 6 != (n * 2 + 1) % 6
            else (flavours[n % 6],),
            "origin": origins[(n * 7) % 4],
            "price": float(6 + (n * 11) % 45),
            "caffeine": 0.0 if kind == "Herbal" else float(15 + (n * 13) % 50),
            "grower": (_GROWERS[n % 4],),
            "organic": n % 3 == 0,
        }
        if n % 10 == 9:
            del attributes["price"]  # some facts are not known
        made.append(
            Item(
                id=f"tea-{n:02d}",
                title=title,
                titles={"en": title, "zh": _ZH[title]} if title in _ZH else {},
                description=f"A {flavours[n % 6].lower()} {kind.lower()} tea for quiet mornings.",
                popularity=round(1 - n / 40, 3),
                attributes=attributes,
            )
        )
    return made
