"""What is brought arrives whole at the server that was meant, or not at all."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path

import asyncssh
import pytest
from cryptography.x509 import DNSName

from tests.contracts.certificates import Authority
from tests.contracts.s3_stand_in import ACCESS_KEY, BUCKET, REGION, SECRET_KEY, storing
from tests.contracts.sftp_stand_in import PASSWORD, USER, SFTPStandIn, serving
from workers.deliveries import object_store, sftp
from workers.deliveries.opened_target import CannotDeliver, OpenedTarget

NAME = "E-000012.zip.pgp"
CONTENT = bytes(range(256)) * 4000  # a megabyte


@pytest.fixture
def package(tmp_path: Path) -> Path:
    path = tmp_path / "held"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    (tmp_path / "server" / "drop").mkdir(parents=True)
    return tmp_path / "server" / "drop"


def to_server(server: SFTPStandIn, folder: str = "drop", password: str = PASSWORD) -> OpenedTarget:
    address = {"host": "127.0.0.1", "port": server.port, "folder": folder}
    return OpenedTarget(uuid.uuid4(), "sftp", address, server.pinned, {"user": USER, "password": password})


def failure(target: OpenedTarget, package: Path, *, allows_loopback: bool = True) -> tuple[str, bool]:
    with pytest.raises(CannotDeliver) as caught:
        sftp.bring(target, package, NAME, allows_loopback=allows_loopback)
    return caught.value.code, caught.value.is_final


def test_sftp_brings_a_file_whole_goes_on_where_it_stopped_and_trusts_one_host_only(
    package: Path, drop: Path
) -> None:
    with serving(drop.parent) as server:
        target = to_server(server)
        other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
        assert failure(replace(target, pinned=other), package) == ("host_key", True)
        assert failure(to_server(server, password="wrong"), package) == ("login", True)
        assert failure(to_server(server, folder="elsewhere"), package) == ("folder", False)
        assert failure(target, package, allows_loopback=False) == ("private", True)
        assert list(drop.iterdir()) == []
        sftp.look(target, allows_loopback=True)

        partial = drop / f".{NAME}.part"
        partial.write_bytes(CONTENT[:600_000])
        server.offsets.clear()
        sftp.bring(target, package, NAME, allows_loopback=True)
        assert min(server.offsets) == 600_000
        assert [(each.name, each.read_bytes() == CONTENT) for each in drop.iterdir()] == [(NAME, True)]
        assert {Path(name.decode()).name for name in server.names} == {partial.name, f".{NAME}.part"}

        server.offsets.clear()
        sftp.bring(
            target, package, NAME, allows_loopback=True
        )  # an earlier try that could not say so any more
        assert server.offsets == []

        partial.write_bytes(b"of something else" * 1000)
        (drop / NAME).unlink()
        sftp.bring(target, package, NAME, allows_loopback=True)
        assert min(server.offsets) == 0
        assert (drop / NAME).read_bytes() == CONTENT
        assert not partial.exists()


def test_a_store_takes_what_is_signed_with_its_key_and_nothing_else(package: Path) -> None:
    with storing() as store:
        target = to_store(store.address)
        object_store.look(target, allows_loopback=True)
        object_store.bring(target, package, NAME, allows_loopback=True)
        assert store.objects == {f"/{BUCKET}/seere/{NAME}": CONTENT}

        forged = replace(target, secret={**target.secret, "secret_key": "another"})
        with pytest.raises(CannotDeliver) as caught:
            object_store.bring(forged, package, "forged", allows_loopback=True)
        assert (caught.value.code, caught.value.is_final) == ("login", True)
        assert set(store.refused) == {"signature"}
        for endpoint, code in (("https://127.0.0.1", "private"), (store.address, "not_https")):
            with pytest.raises(CannotDeliver, match=code):
                object_store.bring(
                    replace(target, address={**target.address, "endpoint": endpoint}), package, NAME
                )


def test_a_store_is_spoken_to_by_tls_and_only_if_somebody_trusted_says_who_it_is(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path)
    with (
        storing(authority.server()) as store,
        storing(authority.server(DNSName("elsewhere.example"))) as other,
    ):
        target = to_store(store.address)
        assert object_store_failure(target, package) == ("tls", False)  # nobody knows its authority
        assert (store.objects, store.refused) == ({}, [])
        assert store.unheard > 0

        monkeypatch.setenv("SSL_CERT_FILE", str(authority.root))
        assert object_store_failure(to_store(other.address), package) == ("tls", False)
        assert (other.objects, other.refused) == ({}, [])
        object_store.look(target, allows_loopback=True)
        object_store.bring(target, package, NAME, allows_loopback=True)
        assert store.objects == {f"/{BUCKET}/seere/{NAME}": CONTENT}
        assert store.refused == []


def to_store(endpoint: str) -> OpenedTarget:
    address = {"endpoint": endpoint, "region": REGION, "bucket": BUCKET, "folder": "seere"}
    secret = {"access_key": ACCESS_KEY, "secret_key": SECRET_KEY}
    return OpenedTarget(uuid.uuid4(), "s3", address, "", secret)


def object_store_failure(target: OpenedTarget, package: Path) -> tuple[str, bool]:
    with pytest.raises(CannotDeliver) as caught:
        object_store.bring(target, package, NAME, allows_loopback=True)
    return caught.value.code, caught.value.is_final
