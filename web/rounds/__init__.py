"""What the pages of allocation rounds share: words, forms, contexts."""
