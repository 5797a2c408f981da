using System.Text.RegularExpressions;

namespace RealtimeVision.Media;

/// <summary>Keeps what is secret in a URL out of names and messages.</summary>
internal static partial class SourceAddress
{
    private const string Hidden = "***";

    /// <summary>
    /// Replaces the password of every URL in <paramref name="text"/>, and the values of query
    /// parameters that are by name passwords, keys or tokens.
    /// </summary>
    public static string Redact(string text) =>
        SecretParameter().Replace(Password().Replace(text, $"$1{Hidden}@"), $"$1{Hidden}");

    /// <summary>
    /// The secrets of one URL as they stand in it and decoded, longest first: a program that is
    /// given the URL may repeat them in a form that <see cref="Redact(string)"/> does not know.
    /// </summary>
    public static string[] SecretsOf(string url)
    {
        IEnumerable<string> found = Password().Matches(url).Select(m => m.Groups[2].Value)
            .Concat(SecretParameter().Matches(url).Select(m => m.Groups[2].Value));
        return [.. found
            .SelectMany(secret => new[] { secret, Uri.UnescapeDataString(secret) })
            .Where(secret => secret.Length > 0)
            .Distinct()
            .OrderByDescending(secret => secret.Length)];
    }

    /// <summary>Redacts what looks secret, and every one of <paramref name="secrets"/>.</summary>
    public static string Redact(string text, string[] secrets)
    {
        text = Redact(text);
        foreach (string secret in secrets)
        {
            // A short secret is part of many words: there only the forms of Redact(text) are looked
            // for.
            if (secret.Length >= 4)
            {
                text = text.Replace(secret, Hidden, StringComparison.Ordinal);
            }
        }

        return text;
    }

    // A password may hold an unescaped '@': the last one before the path ends it.
    [GeneratedRegex(@"(://[^:/?#@\s]*:)([^/?#\s]*)@")]
    private static partial Regex Password();

    [GeneratedRegex(
        @"([?&](?:[^=&#\s]*(?:pass|pwd|token|secret|key|sig|auth|credential))[^=&#\s]*=)([^&#\s]+)",
        RegexOptions.IgnoreCase)]
    private static partial Regex SecretParameter();
}
