"""The web: chat, reading page and REST over one assistant; no retrieval logic. Gradio is imported late."""

from qa.web.server import serve, take_port

__all__ = ["serve", "take_port"]
