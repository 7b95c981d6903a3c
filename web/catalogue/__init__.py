"""What the pages of search and of the catalogue share: kinds, facets, hits, maps."""
