using Stun.Execution;
using Stun.Execution.Images;

namespace Stun.Integration.Images;

/// <summary>How sources are written.</summary>
public sealed class ImageSourceTests
{
    private const string Digest64 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("docker://host/name:1")]
    [InlineData("docker+http://127.0.0.1:5000/a/b-c:1.0_x")]
    [InlineData("docker://host:5000/a/b@sha256:" + Digest64)]
    [InlineData("oci:/layout")]
    [InlineData("docker-archive:/file.tar")]
    [InlineData("blob:/file@sha256:" + Digest64)]
    public void A_source_is_written_as_it_is_read(string text) =>
        Assert.Equal(text, ImageSource.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("busybox")]
    [InlineData("busybox:latest")]
    [InlineData("docker://busybox")]
    [InlineData("docker://host/Name:1")]
    [InlineData("docker://host/name:1:2")]
    [InlineData("docker://host/name@sha256:abc")]
    [InlineData("docker://host/name --tls-verify=false")]
    [InlineData("docker://-host/name")]
    [InlineData("docker://user:password@host/name")]
    [InlineData("docker://host/../name")]
    [InlineData("docker://host/name:1\n")]
    [InlineData("oci:")]
    [InlineData("blob:/file")]
    [InlineData("http://host/name")]
    public void What_names_no_image_is_refused(string text) =>
        Assert.Equal("image.source-invalid", Assert.Throws<ExecutionException>(() => ImageSource.Parse(text)).Code);
}
