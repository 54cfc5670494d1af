"""Two small catalogues for the reader's tests: films and laptops, with what people say about them in both languages."""

from __future__ import annotations

from datetime import date
from typing import Any

from chatrec.understand.lexicon import Lexicon
from chatrec.understand.reader import Reader
from chatrec.vocabulary import Act, Catalog, Exchange, Facet, Heard, Item, Ledger, Said, Turn, Wish

TODAY = date(2026, 11, 22)


def facet(name: str, type: str, **more: Any) -> Facet:
    return Facet.model_validate({"name": name, "type": type, **more})


FILMS = Catalog(
    name="films",
    noun={"en": ["film", "films", "movie", "movies"], "zh": ["电影", "片子", "影片"]},
    measure={"zh": "部"},
    version="1",
    facets=(
        facet("year", "number", role="year", label={"en": "year", "zh": "年份"},
              words={"en": ["year", "released"], "zh": ["年份", "年代", "上映"]},
              more={"en": ["newer", "more recent", "latest", "recent"], "zh": ["更新", "新一点", "最新"]},
              less={"en": ["older", "oldest", "earlier"], "zh": ["更老", "老一点", "最老", "老片"]}),
        facet("runtime", "number", role="duration", unit="min", label={"en": "runtime", "zh": "片长"},
              units={"minute": 1, "minutes": 1, "min": 1, "hour": 60, "hours": 60, "分钟": 1, "小时": 60, "个小时": 60},
              words={"en": ["runtime", "length"], "zh": ["片长", "时长"]},
              more={"en": ["longer", "longest", "long"], "zh": ["更长", "长一点", "最长"]},
              less={"en": ["shorter", "shortest", "short"], "zh": ["更短", "短一点", "最短"]}),
        facet("genres", "category", many=True, role="kind", label={"en": "genre", "zh": "类型"},
              words={"en": ["genre", "kind"], "zh": ["类型", "题材"]},
              values={
                  "Drama": {"en": ["drama"], "zh": ["剧情", "剧情片"]},
                  "Comedy": {"en": ["comedy", "comedies"], "zh": ["喜剧", "喜剧片"]},
                  "Thriller": {"en": ["thriller"], "zh": ["惊悚", "惊悚片"]},
                  "Crime": {"en": ["crime", "crime film"], "zh": ["犯罪", "犯罪片"]},
                  "Horror": {"en": ["horror", "scary movie"], "zh": ["恐怖", "恐怖片"]},
                  "Sci-Fi": {"en": ["sci-fi", "science fiction"], "zh": ["科幻", "科幻片"]},
                  "Musical": {"en": ["musical"], "zh": ["歌舞", "歌舞片"]},
                  "War": {"en": ["war", "war film"], "zh": ["战争", "战争片"]},
                  "Western": {"en": ["western"], "zh": ["西部", "西部片"]},
                  "Animation": {"en": ["animation", "animated", "cartoon"], "zh": ["动画", "动画片"]},
                  "Romance": {"en": ["romance", "romantic", "love story"], "zh": ["爱情", "爱情片"]},
                  "Documentary": {"en": ["documentary"], "zh": ["纪录片"]},
                  "Family": {"en": ["family", "family film"], "zh": ["家庭片", "合家欢"]},
              }),
        facet("director", "category", many=True, role="person", label={"en": "director", "zh": "导演"},
              words={"en": ["director", "directed"], "zh": ["导演", "执导"]},
              cues={"en": ["by", "directed by", "film by", "films by"], "zh": ["导演的", "执导的", "拍的", "的作品", "导演"]},
              aliases={"Christopher Nolan": {"en": ["Nolan"], "zh": ["克里斯托弗·诺兰", "诺兰"]},
                       "Stephen Chow": {"zh": ["周星驰"]}, "Wong Kar-wai": {"zh": ["王家卫"]},
                       "Hayao Miyazaki": {"zh": ["宫崎骏"]}}),
        facet("cast", "category", many=True, role="person", label={"en": "cast", "zh": "演员"},
              words={"en": ["cast", "actor", "actors"], "zh": ["演员", "主演"]},
              cues={"en": ["with", "starring", "featuring"], "zh": ["主演的", "主演", "出演", "演的"]},
              aliases={"Al Pacino": {"en": ["Pacino"]}, "Robert De Niro": {"en": ["De Niro"]},
                       "Tony Leung": {"zh": ["梁朝伟"]}, "Maggie Cheung": {"zh": ["张曼玉"]}, "Tom Hanks": {"zh": ["汤姆·汉克斯"]},
                       "Stephen Chow": {"zh": ["周星驰"]}}),
        facet("stars", "category", many=True, role="person", filter=False, label={"en": "starring", "zh": "主演"}),
        facet("country", "category", many=True, role="place", label={"en": "country", "zh": "国家"},
              words={"en": ["country", "made in"], "zh": ["国家", "产地"]},
              values={"France": {"en": ["France", "French"], "zh": ["法国"]}, "United States": {"en": ["United States", "American"], "zh": ["美国"]},
                      "Japan": {"en": ["Japan", "Japanese"], "zh": ["日本"]}, "South Korea": {"en": ["South Korea", "Korean"], "zh": ["韩国"]},
                      "Hong Kong": {"en": ["Hong Kong"], "zh": ["香港", "港片"]}, "China": {"en": ["China", "Chinese"], "zh": ["中国", "国产"]}}),
        facet("language", "category", many=True, role="language", label={"en": "language", "zh": "语言"},
              words={"en": ["language", "spoken"], "zh": ["语言"]},
              values={"English": {"en": ["in English", "English"], "zh": ["英语"]}, "French": {"en": ["in French"], "zh": ["法语"]},
                      "Japanese": {"en": ["in Japanese"], "zh": ["日语"]}}),
        facet("rating", "number", role="rating", label={"en": "rating", "zh": "评分"},
              words={"en": ["rating", "rated", "score"], "zh": ["评分", "口碑"]},
              more={"en": ["better rated", "higher rated", "best rated", "acclaimed"], "zh": ["评分更高", "评分最高", "高分"]},
              less={"en": ["worse rated"], "zh": ["评分更低", "低分"]}),
        facet("moods", "category", many=True, filter=False, label={"en": "mood", "zh": "氛围"},
              values={"funny": {"en": ["funny"], "zh": ["搞笑"]}, "tense": {"en": ["tense"], "zh": ["紧张"]}}),
    ),
)  # fmt: skip


def film(
    id: str, title: str, year: int, runtime: int, rating: float, genres: str, director: str, cast: str, country: str = "United States",
    language: str = "English", zh: str = "", popularity: float = 0.5,
) -> Item:  # fmt: skip
    values: dict[str, Any] = {"year": year, "runtime": runtime, "rating": rating, "genres": tuple(genres.split(", ")),
                              "director": tuple(director.split(", ")), "cast": tuple(cast.split(", ")),
                              "country": tuple(country.split(", ")), "language": (language,)}  # fmt: skip
    titles = {"en": title, "zh": zh} if zh else {}
    return Item(id=id, title=title, titles=titles, popularity=popularity, attributes=values)


FILM_ITEMS = [
    film("heat", "Heat", 1995, 170, 7.8, "Crime, Thriller", "Michael Mann", "Al Pacino, Robert De Niro", zh="盗火线", popularity=0.8),
    film("theheat", "The Heat", 2013, 117, 6.1, "Comedy, Crime", "Paul Feig", "Sandra Bullock", popularity=0.6),
    film("alien", "Alien", 1979, 117, 9.0, "Horror, Sci-Fi", "Ridley Scott", "Sigourney Weaver", zh="异形", popularity=0.8),
    film("aliens", "Aliens", 1986, 137, 8.9, "Horror, Sci-Fi", "James Cameron", "Sigourney Weaver", popularity=0.8),
    film("amelie", "Amélie", 2001, 122, 8.1, "Comedy, Romance", "Jean-Pierre Jeunet", "Audrey Tautou", "France", "French", "天使爱美丽", 0.8),
    film("godfather", "The Godfather", 1972, 175, 9.2, "Crime, Drama", "Francis Ford Coppola", "Al Pacino, Marlon Brando", zh="教父", popularity=0.95),
    film("godfather2", "The Godfather Part II", 1974, 202, 9.1, "Crime, Drama", "Francis Ford Coppola", "Al Pacino, Robert De Niro", popularity=0.9),
    film("up", "Up", 2009, 96, 8.7, "Animation, Family", "Pete Docter", "Ed Asner", zh="飞屋环游记", popularity=0.8),
    film("her", "Her", 2013, 126, 8.5, "Romance, Sci-Fi", "Spike Jonze", "Joaquin Phoenix, Scarlett Johansson", zh="她", popularity=0.7),
    film("it", "It", 2017, 135, 7.0, "Horror", "Andy Muschietti", "Bill Skarsgård", popularity=0.7),
    film("big", "Big", 1988, 104, 7.9, "Comedy", "Penny Marshall", "Tom Hanks", popularity=0.6),
    film("seven", "Seven", 1995, 127, 7.9, "Crime, Thriller", "David Fincher", "Brad Pitt, Morgan Freeman", zh="七宗罪", popularity=0.8),
    film("fightclub", "Fight Club", 1999, 139, 7.4, "Drama", "David Fincher", "Brad Pitt, Edward Norton", zh="搏击俱乐部", popularity=0.9),
    film("inception", "Inception", 2010, 148, 8.2, "Sci-Fi, Thriller", "Christopher Nolan", "Leonardo DiCaprio", zh="盗梦空间", popularity=0.95),
    film("darkknight", "The Dark Knight", 2008, 152, 8.6, "Crime, Thriller", "Christopher Nolan", "Christian Bale, Heath Ledger", zh="蝙蝠侠：黑暗骑士", popularity=0.95),
    film("memento", "Memento", 2000, 113, 8.2, "Thriller", "Christopher Nolan", "Guy Pearce", zh="记忆碎片", popularity=0.7),
    film("sicario", "Sicario", 2015, 121, 7.9, "Crime, Thriller", "Denis Villeneuve", "Emily Blunt", popularity=0.7),
    film("arrival", "Arrival", 2016, 116, 8.4, "Sci-Fi, Drama", "Denis Villeneuve", "Amy Adams", zh="降临", popularity=0.7),
    film("spirited", "Spirited Away", 2001, 125, 8.6, "Animation, Family", "Hayao Miyazaki", "Rumi Hiiragi", "Japan", "Japanese", "千与千寻", 0.9),
    film("mood", "In the Mood for Love", 2000, 98, 8.5, "Romance, Drama", "Wong Kar-wai", "Tony Leung, Maggie Cheung", "Hong Kong", "Chinese", "花样年华", 0.7),
    film("hustle", "Kung Fu Hustle", 2004, 99, 7.8, "Comedy", "Stephen Chow", "Stephen Chow", "Hong Kong, China", "Chinese", "功夫", 0.6),
    film("strangelove", "Dr. Strangelove", 1964, 95, 9.1, "Comedy, War", "Stanley Kubrick", "Peter Sellers", popularity=0.7),
    film("oceans", "Ocean's Eleven", 2001, 116, 7.0, "Crime, Comedy", "Steven Soderbergh", "Brad Pitt, George Clooney", popularity=0.7),
    film("kong33", "King Kong", 1976, 134, 5.9, "Family", "John Guillermin", "Jessica Lange", popularity=0.4),
    film("kong05", "King Kong", 2005, 187, 7.7, "Family", "Peter Jackson", "Naomi Watts", popularity=0.7),
    film("sleepless", "Sleepless in Seattle", 1993, 105, 6.7, "Comedy, Romance", "Nora Ephron", "Tom Hanks, Meg Ryan", popularity=0.6),
    film("titanic", "Titanic", 1997, 194, 8.0, "Romance, Drama", "James Cameron", "Leonardo DiCaprio, Kate Winslet", zh="泰坦尼克号", popularity=0.9),
    film("parasite", "Parasite", 2019, 132, 9.0, "Drama, Thriller", "Bong Joon-ho", "Song Kang-ho", "South Korea", "Korean", "寄生虫", 0.9),
    film("chef", "Chef", 2014, 114, 7.0, "Comedy", "Jon Favreau", "Jon Favreau", popularity=0.5),
    film("scarymovie", "Something New", 2006, 99, 5.8, "Romance", "Sanaa Hamri", "Sanaa Lathan", popularity=0.3),
    film("duck", "The Cher Show", 1990, 80, 5.0, "Documentary", "John Scott", "Cher", popularity=0.2),
]  # fmt: skip


LAPTOPS = Catalog(
    name="laptops",
    noun={"en": ["laptop", "laptops", "notebook"], "zh": ["笔记本", "电脑", "笔记本电脑"]},
    measure={"zh": "台"},
    version="1",
    facets=(
        facet("price", "number", role="price", unit="元", unit_label={"en": "yuan", "zh": "元"},
              units={"元": 1, "块": 1, "块钱": 1, "¥": 1, "yuan": 1, "$": 1, "dollars": 1},
              label={"en": "price", "zh": "价格"}, words={"en": ["price", "budget"], "zh": ["价格", "预算"]},
              more={"en": ["more expensive", "pricier"], "zh": ["更贵", "贵一点"]},
              less={"en": ["cheaper", "cheapest"], "zh": ["更便宜", "便宜一点", "便宜"]}),
        facet("weight", "number", unit="kg", units={"kg": 1, "公斤": 1, "斤": 0.5, "g": 0.001},
              label={"en": "weight", "zh": "重量"}, words={"en": ["weight"], "zh": ["重量"]},
              more={"en": ["heavier"], "zh": ["更重", "重一点"]}, less={"en": ["lighter", "lightest"], "zh": ["更轻", "轻一点", "轻薄"]}),
        facet("screen", "number", unit="inch", units={"inch": 1, "inches": 1, '"': 1, "寸": 1, "英寸": 1},
              label={"en": "screen", "zh": "屏幕"}, words={"en": ["screen", "display"], "zh": ["屏幕", "尺寸"]},
              more={"en": ["bigger", "larger"], "zh": ["更大", "大一点"]}, less={"en": ["smaller"], "zh": ["更小", "小一点"]}),
        facet("ram", "number", unit="GB", units={"gb": 1, "g": 1}, label={"en": "RAM", "zh": "内存"},
              words={"en": ["ram", "memory"], "zh": ["内存"]}, more={"en": ["more ram"], "zh": ["内存大一点"]}),
        facet("year", "number", role="year", label={"en": "year", "zh": "年份"}, words={"en": ["year"], "zh": ["年份"]}),
        facet("brand", "category", label={"en": "brand", "zh": "品牌"}, words={"en": ["brand"], "zh": ["品牌", "牌子"]},
              values={"Apple": {"en": ["Apple", "MacBook"], "zh": ["苹果"]}, "Lenovo": {"en": ["Lenovo", "ThinkPad"], "zh": ["联想"]},
                      "Dell": {"en": ["Dell"], "zh": ["戴尔"]}}),
        facet("kind", "category", role="kind", label={"en": "kind", "zh": "类型"}, words={"en": ["kind", "type"], "zh": ["类型"]},
              values={"Gaming": {"en": ["gaming"], "zh": ["游戏本", "游戏"]}, "Ultrabook": {"en": ["ultrabook"], "zh": ["轻薄本"]}}),
        facet("touchscreen", "bool", label={"en": "touchscreen", "zh": "触摸屏"},
              words={"en": ["touchscreen", "touch screen"], "zh": ["触摸屏", "触屏"]}),
    ),
)  # fmt: skip


def laptop(
    id: str, title: str, price: float, weight: float, screen: float, ram: int, brand: str, kind: str, touch: bool
) -> Item:
    values = {
        "price": price,
        "weight": weight,
        "screen": screen,
        "ram": ram,
        "year": 2023,
        "brand": brand,
        "kind": kind,
        "touchscreen": touch,
    }
    return Item(id=id, title=title, popularity=0.5, attributes=values)  # fmt: skip


LAPTOP_ITEMS = [
    laptop("air", "MacBook Air 13", 7999, 1.24, 13.6, 8, "Apple", "Ultrabook", False),
    laptop("x1", "ThinkPad X1 Carbon", 9999, 1.12, 14, 16, "Lenovo", "Ultrabook", True),
    laptop("legion", "Legion 5", 6999, 2.4, 15.6, 16, "Lenovo", "Gaming", False),
    laptop("xps", "XPS 13", 8499, 1.2, 13.4, 16, "Dell", "Ultrabook", True),
    laptop("inspiron", "Inspiron 15", 3999, 1.9, 15.6, 8, "Dell", "Ultrabook", False),
]


class Shop:
    """A catalogue with its reader, and conversations on it."""

    def __init__(self, catalog: Catalog, items: list[Item]) -> None:
        self.catalog = catalog
        self.lexicon = Lexicon.build(catalog, items)
        self.reader = Reader(catalog, self.lexicon, lambda: TODAY)

    def turn(
        self, text: str = "", act: Act | None = None, shown: tuple[str, ...] = (), ledger: tuple[Wish, ...] = (), history: tuple[Exchange, ...] = ()
    ) -> Turn:  # fmt: skip
        said = Said("ana", self.catalog.name, text=text, act=act)
        items = tuple(self.lexicon.items[i] for i in shown)
        return Turn("t1", "c1", said, "en", ledger=Ledger(ledger), last_items=items, history=history)

    def read(self, text: str = "", **more: Any) -> Heard:
        turn = self.turn(text, **more)
        return self.reader.read(turn.said, turn)


def wish(facet: str | None, op: Any, value: Any, hard: bool = True, id: str = "", words: str = "") -> Wish:
    return Wish(
        id=id, facet=facet, op=op, value=value, hard=hard and op not in ("like", "not_like", "sort"), words=words
    )


def short(heard: Heard) -> set[str]:
    """Wishes as one-line texts: `year between [1990, 1999]`, `~price ...` where soft, `like words` without a facet."""
    return {brief(w) for w in heard.wishes}


def brief(w: Wish) -> str:
    soft = "~" if not w.hard and w.op not in ("like", "not_like", "sort") else ""
    value = "|".join(str(v) for v in w.value) if isinstance(w.value, (list, tuple)) else str(w.value)
    return f"{soft}{w.facet + ' ' if w.facet else ''}{w.op} {value}"
