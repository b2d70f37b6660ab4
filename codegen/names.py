"""Names that Python accepts, made from names that a document chose.

A made name is always an ASCII identifier and no keyword. Two names that would become
the same are told apart by their order in the document, never by chance.
"""

import keyword
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from unicodedata import combining, normalize

from codegen.errors import UnnameableError

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_FOREIGN = re.compile(r"[^a-z0-9]+")


def identifier(text: str, *, where: str, prefix: str) -> str:
    """Return *text* as a name for a value: `imageUrl` and `image-url` are image_url.

    A name that would begin with a digit gets *prefix* in front; *where* opens the
    error where nothing is left.
    """
    letters = (it for it in normalize("NFKD", text) if not combining(it))
    words = _FOREIGN.sub("_", _CAMEL.sub("_", "".join(letters)).lower()).strip("_")
    if not words:
        raise UnnameableError(
            where,
            f"{text!r:.80} leaves nothing that a Python name may hold",
            fix="leave it out, or have it treated in waivers.toml",
        )
    if words[0].isdigit():
        words = f"{prefix}_{words}"
    return f"{words}_" if keyword.iskeyword(words) else words


def class_name(words: str) -> str:
    """Return the class name of *words*, an identifier: `a14b_pose` is A14bPose."""
    return "".join(it[:1].upper() + it[1:] for it in words.split("_"))


def unique(
    names: Iterable[str], *, taken: Collection[str] = (), joint: str = "_"
) -> list[str]:
    """Return *names* with a number after each that came before or is *taken*.

    *joint* stands between the name and its number.
    """
    given: list[str] = []
    for name in names:
        choice, number = name, 1
        while choice in given or choice in taken:
            number += 1
            choice = f"{name.rstrip('_')}{joint}{number}"
        given.append(choice)
    return given


def name_models(
    models: Mapping[str, str], *, taken: Collection[str] = ()
) -> dict[str, str]:
    """Return the attribute name of each of one provider's models.

    *models* maps a model's id to the pointer an error opens with. A name is the id
    without its first segment, the vendor; where two models would share it, both keep
    their vendor.
    """
    short = {
        it: identifier(it.partition("/")[2] or it, where=where, prefix="model")
        for it, where in models.items()
    }
    count = Counter(short.values())
    names = [
        name if count[name] == 1 else identifier(it, where=models[it], prefix="model")
        for it, name in short.items()
    ]
    return dict(zip(short, unique(names, taken=taken), strict=True))
