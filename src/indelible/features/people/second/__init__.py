"""What one person asks and another must agree to: asked, looked at, approved or sent back; each step is an entry."""
