"""What the pages of a need share: its form, its answers, its panel and its token."""
