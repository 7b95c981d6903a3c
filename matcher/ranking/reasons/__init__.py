"""Why a candidate stands where it does, in sentences that its evidence bears out."""
