using Stun.Node.Gateway;

namespace Stun.Node.Serving;

/// <summary>Asks replicas over HTTP: one after the other until somebody begins to answer.</summary>
internal sealed class ReplicaCalls(ReplicaFleet fleet)
{
    /// <summary>A call that breaks every replica it meets is not given to all of them.</summary>
    private const int TriesMax = 3;

    private static readonly TimeSpan LookWithin = TimeSpan.FromSeconds(5);

    /// <summary>Models think long before their first word; nobody thinks for ever.</summary>
    private static readonly TimeSpan BeginsWithin = TimeSpan.FromMinutes(10);

    /// <summary>Where a replica seems to be: the connection is made elsewhere, and the name means nothing.</summary>
    private const string Root = "http://replica";

    /// <summary>What a caller has escaped stays so: the same path may be another one when it is spelled otherwise.
    /// </summary>
    private static readonly UriCreationOptions AsItIs = new() { DangerousDisablePathAndQueryCanonicalization = true };

    public async Task<bool> IsWellAsync(Replica replica, CancellationToken stop)
    {
        using var within = CancellationTokenSource.CreateLinkedTokenSource(stop);
        within.CancelAfter(LookWithin);
        try
        {
            using var request = Request(HttpMethod.Get, fleet.Service.Terms.HealthPath);
            using var response = await replica.Http.SendAsync(request, within.Token).ConfigureAwait(false);
            return response.IsSuccessStatusCode;
        }
        catch (Exception failure) when (
            failure is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <param name="make">The request, made anew for each try.</param>
    /// <returns>An answer of which the head has come. Its seat is left when it is disposed of.</returns>
    public async Task<(HttpResponseMessage Response, SeatTable.Seat Seat)> SendAsync(
        Func<HttpRequestMessage> make, CancellationToken cancel)
    {
        List<Replica> tried = [];
        while (true)
        {
            var seat = await fleet.Seats.TakeAsync(tried, cancel).ConfigureAwait(false);
            var begun = seat.Replica.Calls.Begin();
            try
            {
                using var within = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                within.CancelAfter(BeginsWithin);
                using var request = make();
                var response = await seat.Replica.Http.SendAsync(request, within.Token).ConfigureAwait(false);
                seat.Replica.Calls.Answered();
                return (response, seat);
            }
            catch (Exception failure) when (
                !cancel.IsCancellationRequested && failure is HttpRequestException or IOException
                    or OperationCanceledException or ObjectDisposedException)
            {
                tried.Add(seat.Replica);
                seat.Replica.Calls.Failed(begun);
                seat.Dispose();
                fleet.Suspect(seat.Replica);
                if (tried.Count < TriesMax) continue;
                throw new ApiException("service.no-answer",
                    $"{tried.Count} replicas failed before their first byte: {Sentence.Short(failure.Message)}");
            }
            catch
            {
                seat.Dispose();
                throw;
            }
        }
    }

    /// <param name="pathAndQuery">Begins with a slash, and is sent as it is.</param>
    public static HttpRequestMessage Request(HttpMethod method, string pathAndQuery) =>
        new(method, new Uri(Root + pathAndQuery, AsItIs));
}
