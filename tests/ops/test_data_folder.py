"""The data folder: private, one owner, one `up` at a time."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from resonanz.ops.data_folder import is_locked, locked, open_data_folder
from resonanz.ops.errors import OperatorError


def test_open_data_folder_makes_private_places(place: Path) -> None:
    folder = open_data_folder(place / "data")

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.path.iterdir() if path.is_dir()}
    assert modes == {"secrets": 0o700, "uploads": 0o700, "logs": 0o700, "run": 0o711}


def test_open_data_folder_of_another_user_is_refused_with_the_way_out(place: Path) -> None:
    foreign = place / "data"
    foreign.mkdir()
    if os.geteuid() == 0:
        os.chown(foreign, 65534, -1)
    else:
        foreign = Path("/usr/share")

    with pytest.raises(OperatorError) as caught:
        open_data_folder(foreign)

    assert caught.value.code == "ops.data_folder.owner"
    assert "--data DIR" in str(caught.value)


@pytest.mark.parametrize("name", ["", "secrets"])
def test_open_data_folder_that_others_may_write_is_refused(place: Path, name: str) -> None:
    folder = open_data_folder(place / "data")
    (folder.path / name).chmod(0o777)

    with pytest.raises(OperatorError) as caught:
        open_data_folder(place / "data")

    assert caught.value.code == "ops.data_folder.mode"


def test_open_data_folder_leaves_a_folder_of_something_else_alone(place: Path) -> None:
    (place / "photos").mkdir()
    (place / "photos" / "cat.jpg").touch()

    with pytest.raises(OperatorError) as caught:
        open_data_folder(place / "photos")

    assert caught.value.code == "ops.data_folder.foreign"
    assert [path.name for path in (place / "photos").iterdir()] == ["cat.jpg"]


def test_locked_refuses_a_second_one_and_lets_go(place: Path) -> None:
    folder = open_data_folder(place / "data")

    with locked(folder):
        assert is_locked(folder)
        with pytest.raises(OperatorError) as caught, locked(folder):
            pass
    assert caught.value.code == "ops.data_folder.in_use"
    assert not is_locked(folder)
