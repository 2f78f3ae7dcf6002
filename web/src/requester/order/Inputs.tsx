// Files that the task reads: uploaded by their digest, in pieces where they are large.
import { useRef, useState, type ReactElement } from 'react';
import type { Input } from 'stun-sdk';
import { bytes } from '~/app/words';
import { Button } from '~/design/parts';
import { FaultBar } from '~/design/states';
import { stun } from '~/session/session';

export function Inputs({ inputs, change }: {
  readonly inputs: readonly Input[];
  readonly change: (inputs: readonly Input[]) => void;
}): ReactElement {
  const picker = useRef<HTMLInputElement>(null);
  const [progress, setProgress] = useState<{ readonly name: string; readonly share: number }>();
  const [error, setError] = useState<unknown>();
  const add = async (files: FileList | null) => {
    setError(undefined);
    let list = inputs;
    try {
      for (const file of files ?? []) {
        setProgress({ name: file.name, share: 0 });
        const input = await (await stun()).uploadInput(file.name, file, {
          progress: (done: number, size: number) => setProgress({ name: file.name, share: size === 0 ? 1 : done / size }),
        });
        list = [...list.filter(each => each.name !== input.name), input];
        change(list);
      }
    } catch (failure) {
      setError(failure);
    } finally {
      setProgress(undefined);
      if (picker.current !== null) picker.current.value = '';
    }
  };
  return (
    <div className="stack tight">
      <div
        className="drop" onDragOver={event => event.preventDefault()}
        onDrop={event => {
          event.preventDefault();
          void add(event.dataTransfer.files);
        }}
      >
        <input ref={picker} type="file" multiple hidden aria-hidden="true" tabIndex={-1} onChange={event => void add(event.target.files)} />
        <Button size="small" icon="upload" isBusy={progress !== undefined} onClick={() => picker.current?.click()}>Add files</Button>
        <span className="faint small" role="status">
          {progress === undefined ? 'or drop them here; the program finds them by name' : `${progress.name}: ${Math.round(100 * progress.share)} %`}
        </span>
      </div>
      {error !== undefined && <FaultBar error={error} />}
      {inputs.length > 0 && (
        <ul className="inputs">
          {inputs.map(input => (
            <li key={input.name} className="row spread">
              <span className="clip mono">{input.name}</span>
              <span className="row"><span className="faint small num">{bytes(input.size)}</span>
                <Button
                  look="plain" size="small" icon="cross" aria-label={`Leave out ${input.name}`}
                  onClick={() => change(inputs.filter(each => each !== input))}
                />
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
