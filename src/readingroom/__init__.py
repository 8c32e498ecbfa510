"""Turns a folder of raw monitoring reports into a static, searchable, cross-linked archive."""

__version__ = "0.1.0"
