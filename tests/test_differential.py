"""The scanners against pyexpat, json and float, a while for each (differential.py); and what was found, again."""

from __future__ import annotations

import os
import random

import pytest
from differential import DATA, STEPS, WORDS_OF, check, run

SECONDS = float(os.environ.get("INDICIA_FUZZ", "0"))  # for each word; by default a fixed number of inputs
INPUTS = 400


@pytest.mark.parametrize("word", WORDS_OF)
def test_mutants_of_the_samples(word):
    if SECONDS:
        done, differing = run(word, SECONDS)
    else:
        done, differing = run(word, 60, most=INPUTS * (10 if word == "number" else 1), seed=20261124)
    assert done > 0
    assert differing == 0


@pytest.mark.parametrize("word", WORDS_OF)
def test_samples_and_what_was_found(word):
    folder = WORDS_OF[word].folders[0]
    assert any((DATA / folder).iterdir())
    for data in WORDS_OF[word].seeds():
        for step in STEPS:
            r = random.Random(step)
            r.choice = lambda _, step=step: step
            check(word, data, r)
