"""Every error that Halftone raises on purpose.

::

    AnonymiserError
    ├── InputError              something given to Halftone cannot be used (exit code 2)
    │   ├── ReadError           the file is not a table that can be read
    │   ├── ColumnError         a column is missing, doubled, or has the wrong kind of content
    │   ├── HierarchyError      a hierarchy misses values, repeats them or is not nested
    │   └── RecipeError         a recipe is malformed or does not fit the table
    ├── AccessError             the person may not do this, or is not signed in any more (exit code 2)
    ├── PolicyError             the release would break the recipient's policy (exit code 1)
    └── PackageError            a release cannot be written or opened (exit code 2)
        ├── SealError           wrong key or passphrase, or an empty one
        ├── TamperedError       the package is not what was signed
        └── OutputError         the output folder exists, or the disk is full

A message says what is wrong, where (file, column, row) and what to do next. It never holds a
value of the data: those travel in attributes such as ``HierarchyError.values`` and are shown on
the page only.
"""

from __future__ import annotations

__all__ = [
    "AccessError",
    "AnonymiserError",
    "ColumnError",
    "HierarchyError",
    "InputError",
    "OutputError",
    "PackageError",
    "PolicyError",
    "ReadError",
    "RecipeError",
    "SealError",
    "TamperedError",
]


class AnonymiserError(Exception):
    """Base class; catch it to catch everything that Halftone raises on purpose."""


class InputError(AnonymiserError):
    """Something given to Halftone cannot be used."""


class ReadError(InputError):
    """The file is not a table that can be read."""


class ColumnError(InputError):
    """A column is missing, doubled, or has the wrong kind of content."""


class HierarchyError(InputError):
    """A hierarchy misses values, repeats them or is not nested.

    Attributes
    ----------
    values : tuple of str
        At most five of the values concerned. For the page only: never for a log or a message.
    """

    def __init__(self, message: str, values: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.values = values[:5]


class RecipeError(InputError):
    """A recipe is malformed or does not fit the table."""


class AccessError(AnonymiserError):
    """The person may not do this, or is not signed in any more."""


class PolicyError(AnonymiserError):
    """The release would break the recipient's policy."""


class PackageError(AnonymiserError):
    """A release cannot be written or opened."""


class SealError(PackageError):
    """Wrong key or passphrase, or an empty one."""


class TamperedError(PackageError):
    """The package is not what was signed."""


class OutputError(PackageError):
    """The output folder exists, or it cannot be written."""
