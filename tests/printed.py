"""The report notebook run by hand, and what every page must be: one file that asks for nothing else."""

import ast
import re
from base64 import b64encode
from hashlib import sha256

import nbformat
from nbformat.v4 import new_output
from pages import Page, plan

from planner.paper.page import page
from planner.paper.seal import NOTEBOOK


def ran(plan_file, wilayah: str, lang="id") -> Page:
    """The page of a wilayah with the notebook's cells run in this process."""
    notebook, space = nbformat.read(NOTEBOOK, 4), {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            if "parameters" in cell.metadata.get("tags", []):
                exec(cell.source, space)
                space |= {"plan_file": str(plan_file), "wilayah": wilayah, "lang": lang}
                continue
            *before, last = ast.parse(cell.source).body
            exec(compile(ast.Module(before, []), "cell", "exec"), space)
            if (shown := eval(compile(ast.Expression(last.value), "cell", "eval"), space)) is not None:
                cell.outputs = [new_output("execute_result", {"text/html": shown._repr_html_(), "text/plain": "'...'"})]
    html = page({lang: notebook}, "Judul", plan(), lang, "../index.html")
    check_self_contained(html)
    return Page(html)


def check_self_contained(html: str) -> None:
    found = Page(html)
    for address in found.values("src", "href", "xlink:href", "action", "data", "srcset", "poster"):
        assert not re.match(r"(?i)\s*([a-z]+:|//)", address) or address.startswith("data:"), address
    assert not re.findall(r"(?i)url\(\s*['\"]?(?!#|data:|['\"]?#)", html)
    assert not re.search(r"(?i)@import|<link|<base", html)
    check_scripts(found, html)
    [policy] = [attrs["content"] for attrs in found.named("meta") if "http-equiv" in attrs]
    assert "default-src 'none'" in policy and "http" not in policy
    for attrs in [a for tag, a in found.tags if tag == "img" or a.get("role") == "img"]:
        alt = attrs.get("alt", attrs.get("aria-label", ""))
        assert alt.strip() and "No description" not in alt


def check_scripts(found: Page, html: str) -> None:
    """Data that does not run, or a script that the policy names by its hash."""
    for script in re.findall(r"(?s)<script>(.*?)</script>", html):
        assert b64encode(sha256(script.encode()).digest()).decode() in html.split("</head>")[0]
    assert all(attrs == {} or attrs["type"] == "application/json" for attrs in found.named("script"))
