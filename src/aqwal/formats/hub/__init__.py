"""The published dataset: build, hydrate, load and publish. Needs the extra `hub`; importing this does not import it."""

from aqwal.formats.hub.building import Built, build, hydrate
from aqwal.formats.hub.errors import HubError
from aqwal.formats.hub.loading import folds, load
from aqwal.formats.hub.publishing import HubClient, HuggingFaceClient, Publication, Refused, publish

__all__ = [
    "Built", "HubClient", "HubError", "HuggingFaceClient", "Publication", "Refused",
    "build", "folds", "hydrate", "load", "publish",
]  # fmt: skip
