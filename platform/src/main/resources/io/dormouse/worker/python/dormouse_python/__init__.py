"""Dormouse's model server for Python programs; docs/python.md says what it keeps of AWS's contracts."""
