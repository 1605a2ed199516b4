// The 24 words, to be written down.

export function PhraseList({ words, label }: { words: readonly string[]; label: string }) {
    return (
        <ol class="phrase" aria-label={label} translate={false}>
            {words.map((word, index) => (
                <li key={index}>{word}</li>
            ))}
        </ol>
    );
}
