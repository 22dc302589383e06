"""``datapackage.json`` (Data Package 2.0) and, for open releases, ``croissant.json``."""

from __future__ import annotations

import json
from dataclasses import dataclass

from anonymiser.release.cells import CellType
from anonymiser.release.dictionary import Dictionary, DictionaryField
from anonymiser.release.writing import csv_name

__all__ = ["DataFile", "croissant", "data_package"]

_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_SCHEMA_PROFILE = "https://datapackage.org/profiles/2.0/tableschema.json"
_CROISSANT_TYPES = {
    CellType.TEXT: "sc:Text",
    CellType.INTEGER: "sc:Integer",
    CellType.NUMBER: "sc:Float",
    CellType.DATE: "sc:Date",
}


@dataclass(frozen=True)
class DataFile:
    """The CSV file as it was written."""

    sha256: str
    columns: int


def data_package(dictionary: Dictionary, file: DataFile) -> str:
    """The descriptor that frictionless validates together with the data.

    Notes
    -----
    Labels stand in ``categories``, as version 2 has it, and in ``constraints.enum``, which older readers know. There
    is no minimum and no maximum: they are two people's values. Only the CSV file is a resource, since readers of
    Parquet are rare among validators.

    References
    ----------
    Data Package 2.0, https://datapackage.org.
    """
    facts = dictionary.facts
    resource = {
        "name": facts.data_name.lower(),
        "type": "table",
        "title": facts.title,
        "path": csv_name(facts),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "hash": f"sha256:{file.sha256}",
        "dialect": {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "header": True},
        "schema": {
            "$schema": _SCHEMA_PROFILE,
            "missingValues": [""],
            "fields": [_field(field) for field in dictionary.fields[: file.columns]],
        },
    }
    package: dict[str, object] = {
        "$schema": _PROFILE,
        "name": facts.release_id.lower(),
        "title": facts.title,
        "description": facts.purpose,
        "created": f"{facts.created.isoformat()}T00:00:00Z",
        "contributors": [{"title": facts.owner, "roles": ["owner"]}],
        "resources": [resource],
    }
    if facts.open_release:
        package["licenses"] = [{"name": facts.licence.spdx, "title": facts.licence.title, "path": "LICENCE"}]
    return json.dumps(package, indent=2, ensure_ascii=False) + "\n"


def croissant(dictionary: Dictionary, file: DataFile) -> str:
    """The same for search engines and machine-learning tools.

    References
    ----------
    MLCommons Croissant Format Specification 1.0, 2024.
    """
    facts = dictionary.facts
    fields = dictionary.fields[: file.columns]
    document = {
        "@context": {
            "@language": "en-GB",
            "@vocab": "https://schema.org/",
            "sc": "https://schema.org/",
            "cr": "http://mlcommons.org/croissant/",
            "dct": "http://purl.org/dc/terms/",
            "citeAs": "cr:citeAs",
            "conformsTo": "dct:conformsTo",
            "recordSet": "cr:recordSet",
            "field": "cr:field",
            "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
            "source": "cr:source",
            "extract": "cr:extract",
            "fileObject": "cr:fileObject",
            "column": "cr:column",
        },
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": facts.release_id,
        "description": facts.purpose,
        "url": csv_name(facts),
        "version": "1.0.0",
        "datePublished": facts.created.isoformat(),
        "creator": {"@type": "sc:Organization", "name": facts.owner},
        "license": facts.licence.url,
        "citeAs": f"{facts.owner} ({facts.created.year}). {facts.title}. Release {facts.release_id}.",
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": "records.csv",
                "name": "records.csv",
                "contentUrl": csv_name(facts),
                "encodingFormat": "text/csv",
                "sha256": file.sha256,
            }
        ],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": "records",
                "name": "records",
                "field": [
                    {
                        "@type": "cr:Field",
                        "@id": f"records/{number}",
                        "name": field.name,
                        "description": f"{field.meaning}; {field.level}. {field.method}",
                        "dataType": _CROISSANT_TYPES[field.kind],
                        "source": {"fileObject": {"@id": "records.csv"}, "extract": {"column": field.name}},
                    }
                    for number, field in enumerate(fields, start=1)
                ],
            }
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _field(field: DictionaryField) -> dict[str, object]:
    described: dict[str, object] = {
        "name": field.name,
        "title": field.meaning,
        "description": f"{field.role}; {field.level}. {field.method}",
        "type": field.kind.value,
    }
    labels = [label.label for label in field.labels]
    if field.kind is CellType.TEXT and labels:
        described["categories"] = labels
        described["constraints"] = {"enum": labels}
    return described
