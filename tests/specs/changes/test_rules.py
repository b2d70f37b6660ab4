from specs.changes.rules import RULES, Severity, list_rules


def test_no_twolist_rules_make_one_rule() -> None:
    assert len(RULES) == len(list(list_rules()))


def test_a_rule_and_its_mirror_are_each_other_s_unless_a_reason_is_given() -> None:
    lopsided = {it.id for it in RULES.values() if RULES[it.mirror].mirror != it.id}

    assert lopsided == {it.id for it in RULES.values() if it.lopsided}


def test_a_rule_and_its_mirror_are_of_one_direction() -> None:
    assert all(RULES[it.mirror].direction == it.direction for it in RULES.values())


def test_a_changed_default_is_risky_and_never_cosmetic() -> None:
    defaults = [it for it in RULES.values() if "-default-" in it.id]

    assert len(defaults) == 6
    assert {it.severity for it in defaults} == {Severity.RISKY}


def test_what_narrows_a_request_widens_an_answer() -> None:
    sides = [
        (it.severity, RULES[it.id.replace("request-", "response-")].severity)
        for it in RULES.values()
        if it.id.startswith("request-") and it.id.endswith(("-tightened", "-widened"))
    ]

    swapped = {
        (Severity.BREAKING, Severity.COMPATIBLE),
        (Severity.COMPATIBLE, Severity.BREAKING),
    }
    assert set(sides) == swapped


def test_severities_are_ranked_from_the_worst() -> None:
    assert [it.rank for it in Severity] == [0, 1, 2, 3]
    assert all(it.meaning for it in Severity)


def test_a_rule_is_called_by_its_id_without_the_direction() -> None:
    assert RULES["request-min-items-tightened"].words == "min items tightened"
