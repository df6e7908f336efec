"""The inventory of cryptography tells what the code uses, and every secret that a deployment has."""

import math
import re

import pytest
from argon2 import extract_parameters
from pydantic import SecretStr

from govkit.base import encryption, factors, oidc_tokens, passkeys, passwords
from govkit.base.documents import issuing
from govkit.base.passwords import hash_secret
from govkit.base.settings import Settings
from govkit.forms.drafts import ResumeCode
from tests.architecture.sources import ROOT

PAGE = (ROOT / "docs" / "operate" / "cryptography.md").read_text(encoding="utf-8")
WAYS, KEYS, LIFE = re.split(r"^## .*\n", PAGE, flags=re.M)[1:]


def is_secret(field):
    return SecretStr in (field.annotation, *getattr(field.annotation, "__args__", ()))


@pytest.mark.requirement("ASVS-11.1.2", "ASVS-11.2.3", "ASVS-11.6.1")
def test_algorithms_are_those_of_the_code():
    hasher = extract_parameters(hash_secret("a secret of this test"))
    memory, times, lanes = hasher.memory_cost // 1024, hasher.time_cost, hasher.parallelism
    for words in (
        f"AES-{encryption._KEY_BYTES * 8}-GCM、使い捨ての値は {encryption._NONCE_BYTES * 8} ビット",
        f"argon2id、{memory} MiB・{times} 回・並列 {lanes}",
        f"WebAuthn（{'、'.join(passkeys.ALGORITHMS)}）",
        "、".join(oidc_tokens.ALGORITHMS) + f"（RSA は {oidc_tokens._MIN_RSA_BITS} ビット以上）",
    ):
        assert words in WAYS, words
    assert encryption._INDEX_DIGITS * 4 == 128


@pytest.mark.requirement("ASVS-11.1.2")
def test_strength_of_what_people_type_is_told():
    def bits(letters, text):
        return math.floor(math.log2(len(letters)) * sum(each in letters for each in text))

    first = bits(passwords._LETTERS, "a" * 20)
    paper = bits(issuing._LETTERS, issuing._new_code("").upper())
    assert f"はじめのパスワード {first} ビット、帳票の番号 {paper} ビット" in WAYS
    letters = factors._LETTERS
    assert {bits(letters, str(ResumeCode.new())), bits(letters, factors._letters(12))} == {58}
    assert "回復用・下書きの番号 58 ビット" in WAYS


@pytest.mark.requirement("ASVS-11.1.2", "ASVS-11.1.1")
def test_every_secret_has_a_place_a_holder_and_an_end():
    secrets = {
        f"{section}.{key}"
        for section, field in Settings.model_fields.items()
        for key, inner in type(field.default).model_fields.items()
        if is_secret(inner) or (not inner.repr and key.endswith("url"))
    }
    rows = [line for line in KEYS.splitlines() if line.startswith("| ")][1:]
    assert all(len(cells := row.strip("| ").split(" | ")) == 6 and all(cells) for row in rows)
    assert secrets == set(re.findall(r"`(\w+\.\w+)`", "".join(rows)))
    assert re.findall(r"^\d\. \*\*(\w+)\*\*", LIFE, re.M) == [
        *("作る", "配る", "使う", "替える", "しまう", "捨てる", "漏れたとき")
    ]
