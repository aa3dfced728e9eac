"""Workbooks for Excel and LibreOffice: the template to fill, the checked tables given back, the plan."""
