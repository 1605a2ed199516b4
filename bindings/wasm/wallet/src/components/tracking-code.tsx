// A tracking code, in groups that can be read aloud.

export function TrackingCode({ code }: { code: string }) {
  return (
    <p class="tracking" translate={false}>
      {code.split("-").map((group, index) => (
        <>
          {index > 0 && <span class="dash">-</span>}
          <span class="group">{group}</span>
          {/* A place to break the line, without a space that would be copied. */}
          <wbr />
        </>
      ))}
    </p>
  );
}
