using System.Net;
using System.Text;
using Stun.Tee.Certificates;
using Stun.Tee.Intel;

namespace Stun.Tee.Fetching;

/// <summary>Asks services that speak as those of Intel (PCS, version 4) and AMD (KDS, version 1).</summary>
public sealed class HttpCollateral(HttpClient http, CollateralAddresses addresses) : ICollateralSource
{
    /// <summary>The source is there, and has none: to ask again helps nobody.</summary>
    internal const string Refused = "collateral.refused";

    private sealed record Answer(byte[] Body, Func<string, byte[]> Chain);

    public async Task<Collateral> FetchAsync(CollateralKey key, CancellationToken cancel)
    {
        try
        {
            return key switch
            {
                CollateralKey.Intel intel => await FetchAsync(intel, cancel).ConfigureAwait(false),
                CollateralKey.Amd amd => await FetchAsync(amd, cancel).ConfigureAwait(false),
                _ => throw new ArgumentException($"Nobody is asked for {key}.", nameof(key)),
            };
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            throw new EvidenceException("collateral.unreachable", $"No collateral for {key}: {failure.Message}");
        }
        // The time of the connection has run out, and not that of whoever asks.
        catch (OperationCanceledException failure) when (!cancel.IsCancellationRequested)
        {
            throw new EvidenceException("collateral.timeout", $"No collateral for {key} in time: {failure.Message}");
        }
    }

    private async Task<Collateral> FetchAsync(CollateralKey.Intel key, CancellationToken cancel)
    {
        var host = Known(addresses.Intel, "Intel's collateral");
        var family = key.IsTdx ? "tdx" : "sgx";
        var info = await GetAsync(host, $"{family}/certification/v4/tcb?fmspc={key.Fmspc}", cancel)
            .ConfigureAwait(false);
        var identity = await GetAsync(host, $"{family}/certification/v4/qe/identity", cancel).ConfigureAwait(false);
        var list = await GetAsync(
            host, $"sgx/certification/v4/pckcrl?ca={key.Authority}&encoding=der", cancel).ConfigureAwait(false);
        var root = await GetAsync(Known(addresses.IntelRootList, "Intel's root's list"), "", cancel)
            .ConfigureAwait(false);
        return new Collateral
        {
            Intel = IntelCollateral.FromParts(
                info.Body, info.Chain("TCB-Info-Issuer-Chain"), identity.Body,
                identity.Chain("SGX-Enclave-Identity-Issuer-Chain"), [root.Body, list.Body]),
        };
    }

    private async Task<Collateral> FetchAsync(CollateralKey.Amd key, CancellationToken cancel)
    {
        var host = Known(addresses.Amd, "AMD's collateral");
        var family = key.IsCloudKey ? "vlek" : "vcek";
        var list = await GetAsync(host, $"{family}/v1/{key.Product}/crl", cancel).ConfigureAwait(false);
        if (key.Chip is null) return new Collateral { Lists = [list.Body] };
        var certificate = await GetAsync(host, $"vcek/v1/{key.Product}/{key.Chip}", cancel).ConfigureAwait(false);
        return new Collateral
        {
            Lists = [list.Body],
            Certificates = [Certificate.Parse(certificate.Body).Raw],
        };
    }

    private async Task<Answer> GetAsync(Uri host, string path, CancellationToken cancel)
    {
        var address = path.Length == 0 ? host : new Uri($"{host.AbsoluteUri.TrimEnd('/')}/{path}");
        using var answer = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancel)
            .ConfigureAwait(false);
        if (answer.StatusCode != HttpStatusCode.OK)
            throw new EvidenceException(IsRefusal(answer.StatusCode) ? Refused : "collateral.unreachable",
                $"{address} answered {(int)answer.StatusCode}.");
        var body = await answer.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            var bytes = await BoundedAsync(body, address, cancel).ConfigureAwait(false);
            var headers = answer.Headers;
            return new Answer(bytes, name => headers.TryGetValues(name, out var found)
                ? Encoding.ASCII.GetBytes(Uri.UnescapeDataString(found.First()))
                : throw new EvidenceException("collateral.header", $"{address} answered without {name}."));
        }
    }

    /// <summary>What is wrong with the question, and not with the hour.</summary>
    private static bool IsRefusal(HttpStatusCode status) => (int)status is >= 400 and < 500
        && status is not (HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests);

    /// <summary>Whatever length was announced.</summary>
    private static async Task<byte[]> BoundedAsync(Stream body, Uri address, CancellationToken cancel)
    {
        using var bytes = new MemoryStream();
        var piece = new byte[16 * 1024];
        while (await body.ReadAsync(piece, cancel).ConfigureAwait(false) is > 0 and var read)
        {
            if (bytes.Length + read > TeeLimits.CollateralBytesMax)
                throw new EvidenceException("collateral.size", $"{address} answered too much.");
            bytes.Write(piece, 0, read);
        }
        return bytes.ToArray();
    }

    private static Uri Known(Uri? address, string what) => address
        ?? throw new EvidenceException("collateral.address", $"There is no address for {what} in the configuration.");
}
