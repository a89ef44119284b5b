"""A first mapping from a specification and a sample trace: ``conformance init``."""

from tlaconform.drafting.draft import Draft, draft_mapping
from tlaconform.drafting.writing import draft_text

__all__ = ["Draft", "draft_mapping", "draft_text"]
