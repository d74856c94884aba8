// Loading and failing, in words.
import type { ApiFailure } from '../state/api.ts';
import { useWriter } from '../state/context.ts';

export function Loading() {
  const { t } = useWriter();
  return (
    <p class="quiet" role="status">
      {t.loading}
    </p>
  );
}

export function Failure({ failure, retry }: { failure: ApiFailure; retry?: () => void }) {
  const { t } = useWriter();
  const isOffline = failure.status === 0;
  return (
    <section class="card notice" role="alert">
      <h2>{t.error.title}</h2>
      <p>{isOffline ? t.error.offline : failure.message}</p>
      <p class="quiet">{isOffline ? t.error.offlineHint : failure.hint}</p>
      {retry !== undefined && (
        <button type="button" class="button" onClick={retry}>
          {t.error.retry}
        </button>
      )}
    </section>
  );
}
