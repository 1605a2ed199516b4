//! The embedded durable store of registries and ballot boxes.
