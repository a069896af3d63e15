"""Understanding messages: pure, and knows nothing of ``bot``."""
