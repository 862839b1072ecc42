"""Work in processes of its own: workers, forks, limits on what a reader may take, what passes between them."""
