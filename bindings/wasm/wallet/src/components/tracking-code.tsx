// A tracking code, in groups that can be read aloud.

export function TrackingCode({ code }: { code: string }) {
    const groups = code.split("-");
    return (
        <p class="tracking" translate={false}>
            {groups.map((group, index) => (
                <>
                    <span class="group">{group}</span>
                    {index < groups.length - 1 && <span class="dash">-</span>}
                    {/* A place to break the line, without a space that would be copied. */}
                    <wbr />
                </>
            ))}
        </p>
    );
}
