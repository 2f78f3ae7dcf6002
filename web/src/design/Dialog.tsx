// The browser's own dialog: it keeps the focus inside, closes on Escape, and gives the focus back.
import { useEffect, useRef, type ReactElement, type ReactNode } from 'react';

export function Dialog({ title, isOpen, close, children }: {
  readonly title: string;
  readonly isOpen: boolean;
  readonly close: () => void;
  readonly children: ReactNode;
}): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen && dialog.current?.open === false) dialog.current.showModal();
    if (!isOpen) dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog ref={dialog} aria-label={title} onClose={close}>
      {isOpen && <div className="dialog-body"><h2 className="dialog-title">{title}</h2>{children}</div>}
    </dialog>
  );
}
