// One instance is one quad of the heads-up display: a glyph, a rounded rectangle, a line or a picture.
layout(location = 0) in vec4 aRectangle; // left, top, width, height in pixels from the top left
// glyph: x, y in the atlas, -, 0. panel: radius, stroke, -, 1. line: half its width, whether it rises, -, 2
// picture: x, y in the atlas of pictures, -, 3
layout(location = 1) in vec4 aShape;
layout(location = 2) in vec4 aColor; // straight alpha

uniform vec2 uTargetSize;
uniform float uUp;

out vec2 vLocal; // pixels from the quad's top left corner
flat out vec2 vSize;
flat out vec4 vShape;
flat out vec4 vColor;

void main()
{
    vLocal = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1)) * aRectangle.zw;
    vSize = aRectangle.zw;
    vShape = aShape;
    vColor = aColor;
    vec2 clip = (aRectangle.xy + vLocal) / uTargetSize * 2.0 - 1.0;
    gl_Position = vec4(clip.x, -clip.y * uUp, 0.0, 1.0);
}
