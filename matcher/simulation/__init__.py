"""An invented year of matching, so that reports and estimates can be shown to find what was put in.

Nothing here stands for a real organisation, and every log that comes from here says that it is
synthetic. Base rates are those of matching events and platforms that publish any (docs/report.md).
"""
