//! What stands in the README is what runs.

const README: &str = include_str!("../../../README.md");

#[test]
fn the_examples_of_the_readme_are_whole() {
    let mut blocks = README.split("```rust");
    let _before = blocks.next();
    let examples: Vec<&str> = blocks.filter_map(|block| block.split("```").next()).collect();
    assert_eq!(examples.len(), 5);
    for example in examples {
        // Lines that begin so are hidden by rustdoc alone: a page on the web shows them, as nonsense.
        assert!(example.lines().all(|line| line != "#" && !line.starts_with("# ")), "{example}");
        assert!(example.contains("\nfn main() -> Result<(), Box<dyn"), "{example}");
    }
}
