"""Shipped test classes and fakes, for our own tests and for those of plug-ins. Not imported by anything that serves."""
