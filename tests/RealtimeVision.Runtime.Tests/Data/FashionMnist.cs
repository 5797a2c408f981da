namespace RealtimeVision.Runtime.Tests.Data;

/// <summary>Where Fashion-MNIST is on this machine.</summary>
internal static class FashionMnist
{
    private const string Installed = "/usr/share/datasets/fashion-mnist";

    /// <summary>
    /// The folder that RTV_FASHION_MNIST names, or Debian's; the test is ignored where neither is.
    /// </summary>
    public static string FolderOrIgnore()
    {
        string folder = Environment.GetEnvironmentVariable("RTV_FASHION_MNIST") ?? Installed;
        if (!Directory.Exists(folder))
        {
            Assert.Ignore(
                $"{folder} is not there: Debian's package dataset-fashion-mnist, or name its "
                + "folder by RTV_FASHION_MNIST");
        }

        return folder;
    }
}
