"""Who or what is called so: a person, a unit or either, by id, number or exact name."""

from __future__ import annotations

from domain.member import Person
from domain.people import PersonId, Reason, Refused, UnitId
from domain.roster import Roster


def person_of(known: Roster, said: str, field: str = "") -> PersonId:
    """The person of that id, number or exact name; several of one name are a refusal that lists them."""
    if PersonId(said) in known.people:
        return PersonId(said)
    found = [
        person
        for person in known.people.values()
        if said and said in {person.profile.name, person.profile.number}
    ]
    if not found:
        raise Refused(Reason.NO_SUCH_PERSON, field, said)
    if len(found) > 1:
        others = tuple(
            Refused(Reason.AMBIGUOUS_NAME, each.person, _described(known, each)) for each in found
        )
        raise Refused(Reason.AMBIGUOUS_NAME, field, said, others)
    return found[0].person


def named(known: Roster, person: PersonId) -> str:
    """What somebody is called: his name with his number, or his id where he is not on the roster."""
    found = known.people.get(person)
    if found is None:
        return person
    return " ".join(filter(None, [found.profile.name, found.profile.number]))


def _described(known: Roster, person: Person) -> str:
    """What tells him apart from others of his name."""
    units = [known.units[m.unit].profile.name for m in person.memberships if m.unit in known.units]
    said = person.profile
    return " ".join(filter(None, [said.name, said.number, said.employer, *dict.fromkeys(units)]))


def unit_of(known: Roster, said: str, field: str = "") -> UnitId:
    """The unit of that id, exact name or short name."""
    if UnitId(said) in known.units:
        return UnitId(said)
    found = [u for u in known.units.values() if said in (u.profile.name, u.profile.short)]
    if not found:
        raise Refused(Reason.NO_SUCH_UNIT, field, said)
    if len(found) > 1:
        others = tuple(
            Refused(Reason.AMBIGUOUS_NAME, each.unit, each.profile.name) for each in found
        )
        raise Refused(Reason.AMBIGUOUS_NAME, field, said, others)
    return found[0].unit


def subject_of(known: Roster, said: str, field: str = "") -> str:
    """The stream of a person or, where nobody is called so, of a unit."""
    try:
        return f"member/{person_of(known, said, field)}"
    except Refused as nobody:
        if nobody.reason is not Reason.NO_SUCH_PERSON:
            raise
        try:
            return f"unit/{unit_of(known, said, field)}"
        except Refused as no_unit:
            if no_unit.reason is not Reason.NO_SUCH_UNIT:
                raise
            raise Refused(nobody.reason, field, said, (no_unit,)) from no_unit
