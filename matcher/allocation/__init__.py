"""Fill scarce places fairly: pure algorithms over frozen inputs, the same result for the same."""
