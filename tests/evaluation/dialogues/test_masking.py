"""What is personal is masked in both languages, and what is not stays as it was said."""

from __future__ import annotations

import pytest

from chatrec.evaluation.dialogues.masking import masked

KEEP = frozenset(
    {
        "my name is khan",
        "10 cloverfield lane",
        "tom hanks",
        "wong kar-wai",
        "王家卫",
        "mulholland drive",
        "马大三",
        "heat",
    }
)

MASKED = [
    ("write to ana.lopez+films@mail.example.org please", "write to <email> please"),
    ("发到 zhang_wei@qq.com 吧", "发到 <email> 吧"),
    ("call +44 20 7946 0958 tonight", "call <phone> tonight"),
    ("my number is (555) 123-4567", "my number is <phone>"),
    ("555-123-4567 is mine", "<phone> is mine"),
    ("我的手机是13812345678，晚上打", "我的手机是<phone>，晚上打"),
    ("+86 138-1234-5678", "<phone>"),
    ("座机 010-62345678", "座机 <phone>"),
    ("card 4111 1111 1111 1111 exp 12/27", "card <number> exp 12/27"),
    ("order 2026112200431", "order <number>"),
    ("身份证号11010519491231002X", "身份证号<id>"),
    ("ssn 078-05-1120", "ssn <id>"),
    ("see https://bob:pw@example.org/x", "see <link>"),
    ("my list is https://example.org/users/ana/list and www.example.org/?u=7", "my list is <link> and <link>"),
    ("I live at 12 Baker Street, London", "I live at <address>"),
    ("ship it to 350 Fifth Avenue, Apt 21", "ship it to <address>"),
    ("我住在北京市海淀区中关村大街27号3号楼502室，想看电影", "我住在<address>，想看电影"),
    ("寄到南京路100号", "寄到<address>"),
    ("My name is Ana Lopez and I like noir", "My name is <name> and I like noir"),
    ("my name is ana, something funny", "my name is <name>, something funny"),
    ("Hi, I'm Robert. A comedy?", "Hi, I'm <name>. A comedy?"),
    ("I’m Anna", "I’m <name>"),
    ("call me Ishmael", "call me <name>"),
    ("我叫张伟，推荐一部喜剧", "我叫<name>，推荐一部喜剧"),
    ("我叫李雷想看电影", "我叫<name>想看电影"),
    ("叫我小明", "叫我<name>"),
    ("我是王小红，喜欢爱情片", "我是<name>，喜欢爱情片"),
    ("我的名字是Tom", "我的名字是<name>"),
    ("from 192.168.10.44", "from <ip>"),
    ("邮编100084", "邮编<postcode>"),
]
LEFT = [
    "a thriller from the 90s, 1990-1999, after 2005 or 2010-2015",
    "under $1,500,000 or 12999 yuan, 5000到7000块, ¥12345678",
    "between 100 and 120 minutes, rated 8.5, 1080p",
    "2001: A Space Odyssey, 12 Angry Men, 1917, 300, 8½, THX 1138",
    "something like My Name Is Khan", "10 Cloverfield Lane was good", "Mulholland Drive",
    "I'm looking for a film", "I'm American", "I am French but I'm not picky", "I'm Tom Hanks' biggest fan",
    "我是学生，预算有限", "我是程序员", "我是高中生", "我是王家卫的影迷", "我是王家卫，", "我是马来西亚人", "我是金牛座",
    "我想看1995年的片，90分钟以内，评分8分以上", "推荐几部20世纪90年代的", "这部片在哪条街拍的",
    "see https://www.imdb.com/title/tt0113277/", "two hours @ most", "the 2nd, no. 3, #4", "版本1.2.3", "iPhone 15 Pro, 16GB/512GB",
    "这个多少钱？2999元", "Heat (1995) is 170 min", "call back the first one",
]  # fmt: skip


@pytest.mark.parametrize(("said", "told"), MASKED)
def test_personal_things_are_masked(said: str, told: str) -> None:
    assert masked(said, KEEP) == told


@pytest.mark.parametrize("said", LEFT)
def test_nothing_else_is(said: str) -> None:
    assert masked(said, KEEP) == said


def test_a_mask_is_not_masked_again() -> None:
    for said, told in MASKED:
        assert masked(masked(said, KEEP), KEEP) == told


def test_the_user_id_never_shows() -> None:
    assert masked("I am user-77, ANA.l and banana", secrets=["user-77", "ana.l"]) == "I am <user>, <user> and banana"
