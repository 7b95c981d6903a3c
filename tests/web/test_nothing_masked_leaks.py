"""Nothing that is masked of an anonymous need stands in any answer of the site to others.

Walks pages as visitor, provider and stranger would, link by link, in both languages, and reads
everything that is sent: titles, alternative texts, attributes, headers, downloads; then notices,
mails and the search.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlite_utils import Database

from matcher.intake.folding import fold
from matcher.store.attachments import Attachment, add_attachment
from matcher.store.mail import waiting_mail
from matcher.store.notices import list_notices
from matcher.store.organisations import update_organisation
from matcher.store.search import search
from matcher.workflow.messages.digest import send_digests
from matcher.workflow.messages.kinds import choose_timings
from matcher.workflow.needs.listing import list_in_search
from tests.factories import make_requirement
from tests.web.conftest import SignIn
from tests.web.handshake import ENTERPRISE, NEED, Handshake, add_answerers, add_world, send
from tests.web.html import parsed

NAME, NAME_EN = "苏州合成隐名轧钢有限公司", "Veiled Rolling Mill Co., Ltd."
CONTACT = "周隐合"
# In the spelling to which every text is folded before it is compared.
SECRETS = ("合成隐名", "veiled", "周隐合", "91999999dem000001", "66668888", "hiddenmill")
WRITTEN = {
    "title": "合成隐名牌带钢的表面裂纹检测",
    "title_en": "Crack detection at Veiled-Rolling line 2",
    "problem": "合成·隐名轧钢股份公司的热轧线漏检率高，致电 0512-66668888 或写信 "
    "a@hiddenmill.com.cn，联系周隐合。ＶＥＩＬＥＤ的老线也一样。",
    "problem_en": "Cracks are missed at the VeiledRollingMill; see hiddenmill.com.cn.",
    "affected": "合 成 隐 名质检班组十二人",
    "tried": "周隐合试过规则视觉",
    "requirements": (
        make_requirement(verification="在合成隐名的样品库盲测"),
        make_requirement(
            requirement_id="R2", text="Veiled 的班组能维护", text_en="Veiled's team keeps it up",
            level="want", metric="", operator="", threshold=None, unit="",
        ),
    ),
}  # fmt: skip
FOLLOWED = (
    "/needs", "/engagements", "/my/", "/inbox", "/search", "/meetings", "/appeals", "/account",
)  # fmt: skip
STARTS = (
    "/", "/needs", "/search?q=裂纹&kind=need", "/search?q=crack", "/inbox", "/my/engagements",
    "/my/engagements.csv", "/account/data", f"/needs/{NEED}", f"/needs/{NEED}/answer", "/cases",
    "/open-calls", "/reports/quality", "/providers/V900", "/capabilities/CAP-V900-1", "/searches",
)  # fmt: skip
MOST = 60


@pytest.fixture
def hidden(own_database: Database) -> Database:
    """An anonymous need that names its enterprise in every careless way."""
    now = datetime.now(UTC)
    changes = {
        "name": NAME, "name_en": NAME_EN, "contact_name": CONTACT,
        "contact_email": "a@hiddenmill.com.cn", "contact_phone": "0512-66668888",
    }  # fmt: skip
    update_organisation(own_database, ENTERPRISE, changes, now=now)
    own_database.execute("UPDATE account SET is_demo = 0, mails = 'all'")
    add_world(own_database, **WRITTEN)
    add_answerers(own_database)
    add_attachment(
        own_database,
        Attachment(
            "AT1", ENTERPRISE, "need", NEED, "合成隐名-样本.csv", "text/csv", 3, "0" * 64, "t", now
        ),
        b"a,b",
    )
    list_in_search(own_database, NEED)
    return own_database


@pytest.fixture
def handshake(hidden: Database, sign_in: SignIn) -> Handshake:
    return Handshake({who: sign_in(who) for who in ("enterprise", "provider", "base")})


def leaks(text: str) -> list[str]:
    """Return the secrets in a text, in whatever spelling."""
    plain = fold(html.unescape(unquote(text))).text
    return [secret for secret in SECRETS if secret in plain]


ASKED = "合成隐名用什么相机？"


def walked(client: FlaskClient) -> Iterator[tuple[str, str]]:
    """Yield address and whole answer of every page that is reached, in both languages."""
    waiting, seen = list(STARTS), set(STARTS)
    while waiting and len(seen) < 4 * MOST:
        address = waiting.pop(0)
        for language in ("zh", "en"):
            joiner = "&" if "?" in address else "?"
            answer = client.get(f"{address}{joiner}lang={language}")
            text = answer.get_data(as_text=True)
            yield f"{address} ({language})", f"{answer.headers}\n{text}"
        if "text/html" not in answer.content_type:
            continue
        for tag in parsed(text).select("a[href]"):
            goal = urlsplit(urljoin(address, str(tag["href"])))
            path = goal.path
            if path.startswith(FOLLOWED) and path not in seen and not goal.netloc:
                seen.add(path)
                waiting.append(path)


def check_walk(client: FlaskClient, own_words: str = "") -> set[str]:
    """Walk as somebody and return the addresses; nothing may leak on any of them.

    What people may take home of theirs holds what they wrote themselves, a name they knew included.
    """
    read = dict(walked(client))
    if own_words:
        read = {
            address: text.replace(own_words, "") if address.startswith("/account/data") else text
            for address, text in read.items()
        }
    assert {address: leaks(text) for address, text in read.items() if leaks(text)} == {}
    return set(read)


def told_to(db: Database, account_id: str, email: str) -> list[str]:
    """Return everything that an account was told in its inbox or by mail."""
    texts = [str(notice.message) for notice in list_notices(db, account_id, limit=1_000)]
    mails = [one.letter for one in waiting_mail(db, now=datetime.now(UTC))]
    return texts + [f"{one.subject}\n{one.body}" for one in mails if one.recipient == email]


def test_visitors_and_providers_read_of_it_without_its_names(
    hidden: Database, sign_in: SignIn
) -> None:
    provider = sign_in("provider")
    send(provider, f"/needs/{NEED}/questions", f"/needs/{NEED}", text=ASKED)
    enterprise = sign_in("enterprise")
    question = parsed(enterprise.get(f"/needs/{NEED}").text).select_one(".question-list li")
    assert question is not None
    send(
        enterprise, f"/needs/{NEED}/questions/{question['id']}/answer", f"/needs/{NEED}",
        text="请致电周隐合，Veiled 有两台",
    )  # fmt: skip
    for client in (provider, provider.application.test_client(), sign_in("base")):
        assert f"/needs/{NEED} (zh)" in check_walk(client, ASKED)
    own = enterprise.get(f"/needs/{NEED}").text
    assert leaks(own)  # the walk can see them: the enterprise reads its own words


def test_nobody_finds_it_by_what_is_masked(hidden: Database) -> None:
    assert search(hidden, "裂纹", kinds=("need",)).total == 1
    for words in ("合成隐名", "Veiled", "周隐合", "hiddenmill", NAME):
        found = search(hidden, words, kinds=("need",))
        assert found.is_relaxed or NEED not in [hit.record_id for hit in found.hits]


def test_half_an_agreement_shows_nothing(handshake: Handshake, hidden: Database) -> None:
    for account_id in ("ACC-DEMO2", "ACC-DEMO3"):
        choose_timings(hidden, account_id, {"need": "daily"}, now=datetime.now(UTC))
    handshake.begin()
    handshake.step("enterprise", "accept")
    told = "我们是合成隐名，电话 0512-66668888，veiled@hiddenmill.com.cn"
    handshake.post("enterprise", "messages", text=told)
    handshake.step("provider", "consent", agrees="yes")
    handshake.post("provider", "messages", text="收到")
    pages = check_walk(handshake.clients["provider"])
    assert any(address.startswith(handshake.address) for address in pages)
    check_walk(handshake.clients["base"])
    send_digests(hidden, datetime.now(UTC))
    for account_id, who in (("ACC-DEMO2", "provider"), ("ACC-DEMO3", "base")):
        for text in told_to(hidden, account_id, f"{who}@demo.invalid"):
            assert leaks(text) == []
    assert told_to(hidden, "ACC-DEMO2", "provider@demo.invalid")


def test_consent_taken_back_masks_everything_again(handshake: Handshake, hidden: Database) -> None:
    handshake.pilot()
    handshake.post("enterprise", "messages", text="我们是合成隐名，请找周隐合")
    assert leaks(handshake.clients["provider"].get(handshake.address).text)
    back = handshake.post("enterprise", "consents/contact", act="take_back")
    assert back.status_code == 303
    for who, account_id in (("provider", "ACC-DEMO2"), ("base", "ACC-DEMO3")):
        pages = check_walk(handshake.clients[who])
        assert any(address.startswith(f"{handshake.address}/pilot") for address in pages)
        for text in told_to(hidden, account_id, f"{who}@demo.invalid"):
            assert leaks(text) == []
