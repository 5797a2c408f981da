using System.Numerics;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Silk.NET.OpenGL;

namespace RealtimeVision.Viewer;

/// <summary>A vertex and a fragment shader of the folder shaders/, compiled and linked.</summary>
internal sealed partial class ShaderProgram : IDisposable
{
    private readonly GlDevice _device;
    private readonly GL _gl;
    private uint _handle;

    /// <summary>Compiles and links.</summary>
    /// <param name="device">Where it lives.</param>
    /// <param name="vertex">File name of the vertex shader.</param>
    /// <param name="fragment">File name of the fragment shader.</param>
    /// <param name="defines">Lines that both begin with, each with its line end.</param>
    /// <exception cref="ViewerException">
    /// It does not: the message has shader file and line.
    /// </exception>
    public ShaderProgram(GlDevice device, string vertex, string fragment, string defines = "")
        : this(device, vertex, fragment, ReadResource, defines)
    {
    }

    /// <summary>Compiles and links what <paramref name="read"/> gives for each name.</summary>
    internal ShaderProgram(
        GlDevice device, string vertex, string fragment, Func<string, string> read,
        string defines = "")
    {
        _device = device;
        _gl = device.Gl;
        uint vertexShader = 0;
        uint fragmentShader = 0;
        try
        {
            vertexShader = Compile(ShaderType.VertexShader, vertex, read, defines);
            fragmentShader = Compile(ShaderType.FragmentShader, fragment, read, defines);
            _handle = _gl.CreateProgram();
            device.LiveObjects++;
            _gl.AttachShader(_handle, vertexShader);
            _gl.AttachShader(_handle, fragmentShader);
            _gl.LinkProgram(_handle);
            _gl.DetachShader(_handle, vertexShader);
            _gl.DetachShader(_handle, fragmentShader);
            if (_gl.GetProgram(_handle, ProgramPropertyARB.LinkStatus) == 0)
            {
                string log = _gl.GetProgramInfoLog(_handle).Trim();
                Dispose();
                throw new ViewerException(
                    $"shaders/{vertex} and shaders/{fragment} do not link: {log}");
            }

            Rectangle = Find("uRectangle");
            TargetSize = Find("uTargetSize");
            Up = Find("uUp");
        }
        finally
        {
            _gl.DeleteShader(vertexShader);
            _gl.DeleteShader(fragmentShader);
        }
    }

    /// <summary>Locations of what vertex shaders are told of the target; -1 for none.</summary>
    public int Rectangle { get; }

    /// <inheritdoc cref="Rectangle"/>
    public int TargetSize { get; }

    /// <inheritdoc cref="Rectangle"/>
    public int Up { get; }

    public void Use() => _gl.UseProgram(_handle);

    /// <summary>Location of a uniform.</summary>
    /// <exception cref="ViewerException">The program has none of that name.</exception>
    public int Locate(string uniform)
    {
        int location = _gl.GetUniformLocation(_handle, uniform);
        return location >= 0
            ? location
            : throw new ViewerException($"The shaders have no uniform {uniform}");
    }

    /// <summary>
    /// Location of a uniform, -1 (which OpenGL ignores) where it was compiled away.
    /// </summary>
    public int Find(string uniform) => _gl.GetUniformLocation(_handle, uniform);

    public void Set(int location, int value) => _gl.Uniform1(location, value);

    public void Set(int location, float value) => _gl.Uniform1(location, value);

    public void Set(int location, Vector2 value) => _gl.Uniform2(location, value.X, value.Y);

    public void Set(int location, Vector4 value) =>
        _gl.Uniform4(location, value.X, value.Y, value.Z, value.W);

    public void Dispose()
    {
        if (_handle != 0)
        {
            _gl.DeleteProgram(_handle);
            _device.LiveObjects--;
            _handle = 0;
        }
    }

    private static string ReadResource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly()
            .GetManifestResourceStream($"shaders/{name}")
            ?? throw new ViewerException($"shaders/{name} is not part of this program");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private uint Compile(
        ShaderType type, string name, Func<string, string> read, string defines)
    {
        var source = new StringBuilder();
        source.Append(_device.IsEmbedded
            ? "#version 300 es\nprecision highp float;\nprecision highp int;\n"
                + "precision highp sampler2D;\n"
            : "#version 330 core\n");
        source.Append(defines);
        var files = new List<string>();
        Append(source, files, name, read);

        uint shader = _gl.CreateShader(type);
        _gl.ShaderSource(shader, source.ToString());
        _gl.CompileShader(shader);
        if (_gl.GetShader(shader, ShaderParameterName.CompileStatus) != 0)
        {
            return shader;
        }

        string log = _gl.GetShaderInfoLog(shader).Trim();
        _gl.DeleteShader(shader);
        throw new ViewerException(
            $"shaders/{name} does not compile:\n{LogPlace().Replace(log, NameFile)}");

        // Compilers say "FILE:LINE(COLUMN)" or "FILE(LINE)", where FILE is the number in #line.
        string NameFile(Match match) =>
            int.TryParse(match.Groups["file"].ValueSpan, out int file) && file < files.Count
                ? $"shaders/{files[file]}:{match.Groups["line"].Value}"
                : match.Value;
    }

    /// <summary>
    /// Appends a file, with the files that it includes in place of its #include lines.
    /// </summary>
    private static void Append(
        StringBuilder target, List<string> files, string name, Func<string, string> read)
    {
        int number = files.Count;
        files.Add(name);
        target.Append($"#line 1 {number}\n");
        int line = 1;
        foreach (string text in read(name).ReplaceLineEndings("\n").Split('\n'))
        {
            Match include = Include().Match(text);
            if (include.Success)
            {
                Append(target, files, include.Groups[1].Value, read);
                target.Append($"#line {line + 1} {number}\n");
            }
            else
            {
                target.Append(text).Append('\n');
            }

            line++;
        }
    }

    [GeneratedRegex("""^\s*#include\s+"([^"]+)"\s*$""")]
    private static partial Regex Include();

    [GeneratedRegex(
        @"(?m)(?<=^(?:ERROR: |WARNING: )?)(?<file>\d+)"
        + @"(?:\((?<line>\d+)\)|:(?<line>\d+)(?:\(\d+\))?)")]
    private static partial Regex LogPlace();
}
