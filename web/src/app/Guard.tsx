// Where a page breaks the frame stays, and says what happened.
import { Component, type ReactElement, type ReactNode } from 'react';
import { Fault } from '~/design/states';

export class Guard extends Component<{ readonly children: ReactNode }, { readonly broken: unknown }> {
  override state: { readonly broken: unknown } = { broken: undefined };

  static getDerivedStateFromError(broken: unknown): { broken: unknown } {
    return { broken };
  }

  override render(): ReactElement | ReactNode {
    const { broken } = this.state;
    if (broken === undefined) return this.props.children;
    // After an update of the node the parts of the old console are gone: loading it anew brings the new one.
    const isOld = broken instanceof TypeError && /dynamically imported|module script/i.test(broken.message);
    return (
      <main className="page">
        <Fault
          error={broken} title={isOld ? 'The console was updated' : 'This page broke'}
          again={() => (isOld ? location.reload() : this.setState({ broken: undefined }))}
        />
      </main>
    );
  }
}
