"""The page that a report is written into."""

from string import Template

PAGE = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>
:root { color-scheme: light dark; --text: #1d2329; --quiet: #5b6670; --line: #c9d1d8;
  --page: #ffffff; --box: #f5f7f9; --bad: #b3261e; --good: #1f7a45; }
@media (prefers-color-scheme: dark) { :root { --text: #e4e8ec; --quiet: #9aa5af;
  --line: #46505a; --page: #14181c; --box: #1d2329; --bad: #ff8a80; --good: #6fd39a; } }
body { margin: 0 auto; max-width: 1000px; padding: 2rem 1.5rem 4rem; color: var(--text);
  background: var(--page); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1.15rem; margin: 2.5rem 0 .25rem; }
p { margin: .35rem 0; max-width: 75ch; }
.quiet { color: var(--quiet); font-size: .9rem; }
.verdict { font-size: 1.2rem; font-weight: 600; margin: 1.25rem 0 .5rem; }
.bad { color: var(--bad); }
.good { color: var(--good); }
ol { background: var(--box); border-radius: 8px; margin: .5rem 0; 
  padding: .75rem 1rem .75rem 2.5rem; }
li { margin: .35rem 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .88rem; margin: .75rem 0; width: 100%; }
th { color: var(--quiet); font-weight: 600; text-align: left; vertical-align: bottom; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .7rem .3rem 0; }
td { white-space: nowrap; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
td.n { white-space: pre; }
td:first-child { min-width: 11em; overflow-wrap: anywhere; white-space: normal; }
svg { display: block; height: auto; margin: .75rem 0; width: 100%; }
summary { cursor: pointer; }
</style>
</head>
<body>
<h1>$title</h1>
<p class="quiet">$facts</p>
$findings
$sections
</body>
</html>
""")
