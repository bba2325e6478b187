/** Another camera or microphone, where there is more than one. */

interface Given {
  readonly name: string;
  readonly label: string;
  readonly devices: readonly MediaDeviceInfo[];
  readonly chosen: MediaStreamTrack | null;
  readonly choose: (id: string) => Promise<void>;
}

export function Choice({ name, label, devices, chosen, choose }: Given) {
  // Browsers that were not allowed in name none of them: a list without names helps nobody.
  const named = devices.filter((one) => one.label !== "");
  if (named.length < 2) return null;
  const id = `choose-${name}`;
  return (
    <div class="mr-check__choice">
      <label class="nhsuk-label" for={id}>
        {label}
      </label>
      <select
        class="nhsuk-select"
        id={id}
        value={chosen?.getSettings().deviceId ?? ""}
        onChange={(event) => void choose(event.currentTarget.value)}
      >
        {named.map((one) => (
          <option key={one.deviceId} value={one.deviceId}>
            {one.label}
          </option>
        ))}
      </select>
    </div>
  );
}
