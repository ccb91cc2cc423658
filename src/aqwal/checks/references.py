"""L3: whatever names something else names something that is there, and registers hold what is used."""

from __future__ import annotations

from collections.abc import Iterator

from aqwal.checks.context import Context, Layer, problem
from aqwal.checks.registry import check
from aqwal.model import LAYERS
from aqwal.store.layers import REGISTER_ID, LoadedLayer
from aqwal.store.problems import Problem


def entity_uses(loaded: LoadedLayer) -> Iterator[tuple[str, str, str]]:
    """Every use of an entity in one document: entity id, object id, role."""
    for mention in loaded.annotations.mentions:
        for entity in filter(None, mention.entity.split(",")):
            yield entity, mention.id, mention.type
    for attribution in loaded.annotations.attributions:
        for entity in attribution.source_entity:
            yield entity, attribution.id, "source"
        for entity in attribution.medium_entity:
            yield entity, attribution.id, "medium"


def _cluster_uses(loaded: LoadedLayer) -> Iterator[tuple[str, str]]:
    for claim in loaded.annotations.claims:
        for cluster in filter(None, claim.cluster.split(",")):
            yield cluster, claim.id


@check("parent-unknown", level=3)
def parent_unknown(context: Context) -> Iterator[Problem]:
    """The parent of an attribution is an attribution of the document."""
    for _, loaded in context.annotated():
        for attribution in loaded.annotations.attributions:
            if attribution.parent and attribution.parent not in loaded.annotations.attributions_by_id:
                yield problem(loaded, attribution.id, "cue", "parent-unknown", "parent",
                              f"{loaded.document.id} has no attribution {attribution.parent}",
                              "name the attribution whose content contains this one")  # fmt: skip


@check("entity-unknown", level=3)
def entity_unknown(context: Context) -> Iterator[Problem]:
    """Every entity that a label names has a row in the layer's entities.tsv."""
    for layer in context.layers.values():
        reported: set[str] = set()
        for loaded in layer.loaded.values():
            for entity, object_id, role in entity_uses(loaded):
                if layer.known(entity) is None and entity not in reported:
                    reported.add(entity)
                    yield problem(loaded, object_id, role, "entity-unknown", "entity",
                                  f'"{entity}" is not in the entity register',
                                  "add its row, or correct the id")  # fmt: skip


@check("entity-local", level=3)
def entity_local(context: Context) -> Iterator[Problem]:
    """An id such as 002/sources-1 is used in document 002 alone."""
    for _, loaded in context.annotated():
        for entity, object_id, role in entity_uses(loaded):
            prefix, slash, _ = entity.rpartition("/")
            if slash and prefix != loaded.document.id:
                yield problem(loaded, object_id, role, "entity-local", "entity",
                              f"{entity} exists in document {prefix} only, this is {loaded.document.id}",
                              "make a local id of this document, or a shared one")  # fmt: skip


@check("cluster-unknown", level=3)
def cluster_unknown(context: Context) -> Iterator[Problem]:
    """Every cluster that a claim names has a row in the layer's clusters.tsv."""
    for layer in context.layers.values():
        known = layer.clusters.clusters if layer.clusters else {}
        reported: set[str] = set()
        for loaded in layer.loaded.values():
            for cluster, claim in _cluster_uses(loaded):
                if cluster not in known and cluster not in reported:
                    reported.add(cluster)
                    yield problem(loaded, claim, "claim", "cluster-unknown", "cluster",
                                  f'"{cluster}" is not in the cluster register',
                                  "add its row, or correct the id")  # fmt: skip


@check("register-unused", level=3)
def register_unused(context: Context) -> Iterator[Problem]:
    """Every row of a register is used by a label of its layer."""
    for layer in context.layers.values():
        if not _complete(context, layer):
            continue
        entities = {entity for loaded in layer.loaded.values() for entity, _, _ in entity_uses(loaded)}
        clusters = {cluster for loaded in layer.loaded.values() for cluster, _ in _cluster_uses(loaded)}
        for register, used in ((layer.entities, entities), (layer.clusters, clusters)):
            for name, line in register.lines.items() if register else ():
                if name not in used and REGISTER_ID.match(name):
                    yield Problem(register.path if register else "", line, "register-unused", "id",
                                  "no label uses this row", "remove it, or correct the label's id", name)  # fmt: skip


def _complete(context: Context, layer: Layer) -> bool:
    """False if some of the layer's labels could not be read, so that a use may be hidden."""
    if not context.sources:
        return False
    folder = context.root / "annotations" / layer.name
    there = {path.name for path in folder.glob("*") if path.is_dir() and path.name in context.sources}
    whole = all(len(loaded.files) == len(LAYERS) and not loaded.problems for loaded in layer.loaded.values())
    return whole and there <= set(layer.loaded)


@check("register-names", level=3)
def register_names(context: Context) -> Iterator[Problem]:
    """Every entity and cluster has an English and an Arabic name."""
    for layer in context.layers.values():
        for entity in layer.entities.entities.values() if layer.entities else ():
            for column, value in (("name_en", entity.name_en), ("name_ar", entity.name_ar)):
                if layer.entities and not value.strip():
                    yield Problem(layer.entities.path, layer.entities.lines[entity.id], "register-names", column,
                                  "the name is missing", "write it", entity.id)  # fmt: skip
        for cluster in layer.clusters.clusters.values() if layer.clusters else ():
            for column, value in (("label_en", cluster.label_en), ("label_ar", cluster.label_ar)):
                if layer.clusters and not value.strip():
                    yield Problem(layer.clusters.path, layer.clusters.lines[cluster.id], "register-names", column,
                                  "the label is missing", "write it", cluster.id)  # fmt: skip


@check("cluster-link", level=3)
def cluster_link(context: Context) -> Iterator[Problem]:
    """A cluster specifies or contradicts another cluster of the register, never itself."""
    for layer in context.layers.values():
        for cluster in layer.clusters.clusters.values() if layer.clusters else ():
            for column, targets in (("specifies", cluster.specifies), ("contradicts", cluster.contradicts)):
                for target in targets:
                    if layer.clusters and (target == cluster.id or target not in layer.clusters.clusters):
                        what = "itself" if target == cluster.id else f'"{target}", which is not in the register'
                        yield Problem(layer.clusters.path, layer.clusters.lines[cluster.id], "cluster-link", column,
                                      f"{cluster.id} names {what}",
                                      "correct the id or remove it", cluster.id)  # fmt: skip


@check("cluster-documents", level=3)
def cluster_documents(context: Context) -> Iterator[Problem]:
    """The documents column of clusters.tsv lists the documents that have a claim of the cluster."""
    for layer in context.layers.values():
        if layer.clusters is None or not _complete(context, layer):
            continue
        uses: dict[str, set[str]] = {}
        for doc_id, loaded in layer.loaded.items():
            for cluster, _ in _cluster_uses(loaded):
                uses.setdefault(cluster, set()).add(doc_id)
        for cluster, written in layer.clusters.documents.items():
            right = ",".join(sorted(uses.get(cluster, ())))
            if right and sorted(written.split(",")) != right.split(","):
                yield Problem(layer.clusters.path, layer.clusters.lines[cluster], "cluster-documents", "documents",
                              f'"{written}" should be "{right}"', "run aqwal fmt", cluster)  # fmt: skip


@check("claim-text", level=3)
def claim_text(context: Context) -> Iterator[Problem]:
    """Every claim has an Arabic statement, an English gloss and a cluster."""
    for _, loaded in context.annotated():
        for claim in loaded.annotations.claims:
            for field, value in (("statement", claim.statement), ("gloss", claim.gloss), ("cluster", claim.cluster)):
                if not value.strip():
                    fix = (
                        "add cluster=ID to the claim row" if field == "cluster" else f"add its {field} row with span -"
                    )
                    yield problem(loaded, claim.id, "claim", "claim-text", field, f"the claim has no {field}", fix)
