// The frame itself. Byte orders other than RGB are put right by the texture's swizzle.
uniform sampler2D uFrame;

in vec2 vPosition;
out vec4 fColor;

void main()
{
    fColor = vec4(texture(uFrame, vPosition).rgb, 1.0);
}
